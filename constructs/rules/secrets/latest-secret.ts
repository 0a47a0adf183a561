import type { Block } from "../block.ts";
import type { Rule } from "../rule.ts";

/** Where a workload's template names secrets: as variables, and as files. */
const templates: Readonly<Record<string, string>> = {
  google_cloud_run_v2_service: "template",
  google_cloud_run_v2_job: "template.template",
  google_cloud_run_v2_worker_pool: "template",
};

interface Read {
  readonly secret: string;
  readonly version: Block;
}

function findReads(template: Block): readonly Read[] {
  const variables = template
    .blocks("containers.env.value_source.secret_key_ref")
    .map((version) => ({ secret: version.describe("secret"), version }));
  const files = template.blocks("volumes.secret").flatMap((volume) => {
    const items = volume.blocks("items");
    // A volume without items mounts the latest version.
    return (items.length === 0 ? [volume] : items).map((version) => ({
      secret: volume.describe("secret"),
      version,
    }));
  });
  return [...variables, ...files];
}

/** A workload names the version of every secret that it reads. */
export const latestSecret: Rule = {
  id: "latest-secret",
  reason:
    'A new version behind "latest" starts no revision: instances hold different values, and a rollback does not roll back.',
  remedy: "Name the version's number; raising the number is the rotation.",
  *findBreaches(stack) {
    for (const at of stack.resources(...Object.keys(templates))) {
      for (const { secret, version } of at.blocks(templates[at.type] ?? "template").flatMap(findReads)) {
        const [number] = version.values("version");
        if (number === undefined || number === "" || number === "latest") {
          yield { at, what: `reads the secret ${secret} with version ${version.describe("version")}` };
        }
      }
    }
  },
};
