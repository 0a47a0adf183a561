import type { Rule } from "../rule.ts";
import type { SynthesizedBlock, SynthesizedStack } from "../synthesized-stack.ts";

const paths: Readonly<Record<string, readonly string[]>> = {
  google_cloud_run_v2_service: [
    "template.containers.env.value_source.secret_key_ref.secret",
    "template.volumes.secret.secret",
  ],
  google_cloud_run_v2_job: [
    "template.template.containers.env.value_source.secret_key_ref.secret",
    "template.template.volumes.secret.secret",
  ],
};

function findSecrets(stack: SynthesizedStack, workload: SynthesizedBlock): ReadonlySet<SynthesizedBlock> {
  const secrets = stack.resources("google_secret_manager_secret");
  return new Set(
    (paths[workload.type] ?? []).flatMap((path) =>
      secrets.filter((secret) => stack.refersTo(workload, path, secret)),
    ),
  );
}

/** A workload starts after it may read its secrets. */
export const secretGrantFirst: Rule = {
  id: "secret-grant-first",
  reason:
    "Nothing in a service refers to the grants on its secrets: Terraform starts both at once, and the revision fails.",
  remedy: "Name the grants in depends_on of the service or job.",
  *findBreaches(stack) {
    const grants = stack.resources("google_secret_manager_secret_iam_member");
    for (const at of stack.resources(...Object.keys(paths))) {
      const awaited = stack.waitsFor(at);
      for (const secret of findSecrets(stack, at)) {
        const granted = grants.filter((grant) => stack.refersTo(grant, "secret_id", secret));
        if (granted.some((grant) => awaited.has(grant))) continue;
        yield { at, what: `reads ${secret.address}, but waits for no grant on it` };
      }
    }
  },
};
