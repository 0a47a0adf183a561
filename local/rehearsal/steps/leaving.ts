import type { JsonObject } from "../../google-apis/engine/json.ts";
import type { Stage } from "../stage.ts";
import { errorsIn, type Terraform } from "../terraform.ts";
import type { Step } from "./step.ts";

interface Staying {
  readonly name: RegExp;
  /** What else must hold of it. @default nothing */
  readonly isSo?: (body: JsonObject) => boolean;
  readonly why: string;
}

/** What Google keeps of a project that was left, and why: nothing else may stay. */
const mayStay: readonly Staying[] = [
  { name: /\/services\/[a-z]+\.googleapis\.com$/, why: "an enabled API" },
  { name: /\/notificationChannels\/\d+$/, why: "a channel that was made by hand before" },
  { name: /\/buckets\/_(Default|Required)$/, why: "a log bucket that every project has" },
  {
    name: /\/workloadIdentityPools\/[^/]+(\/providers\/[^/]+)?$/,
    isSo: ({ state }) => state === "DELETED",
    why: "deleted; its id is taken for 30 days",
  },
  {
    name: /\/roles\/\w+$/,
    isSo: ({ deleted }) => deleted === true,
    why: "deleted; its id is taken until it is gone for good",
  },
  {
    name: /^transferJobs\/\d+$/,
    isSo: ({ status }) => status === "DELETED",
    why: "deleted; its record is kept for 30 days",
  },
];

async function destroy(terraform: Terraform, what: string): Promise<void> {
  const { code, output } = await terraform.destroy();
  if (code !== 0) throw new Error(`${what} cannot be destroyed: ${errorsIn(output)}`);
}

async function leave(stage: Stage): Promise<string> {
  stage.types = await stage.typesInState();
  const bootstrap = await stage.bootstrap();
  const environment = await stage.deploy();
  await destroy(environment, "the environment");
  const kept = (await environment.succeed("state", "list")).trim();
  if (kept !== "") throw new Error(`Terraform's state still holds after destroy:\n${kept}`);
  await destroy(bootstrap, "the bootstrap");
  const left: string[] = [];
  const unexpected: string[] = [];
  for (const { name, body } of stage.platform.world.state.all()) {
    const known = mayStay.find((one) => one.name.test(name) && (one.isSo?.(body) ?? true));
    if (known === undefined) unexpected.push(name);
    else left.push(`${name}: ${known.why}`);
  }
  stage.left = left;
  if (unexpected.length > 0)
    throw new Error(`after leaving, these stay and should not:\n${unexpected.join("\n")}`);
  const types = `${stage.types.length} resource types created, read back and destroyed`;
  return `everything is gone but ${left.length}: enabled APIs, standing log buckets, reserved ids\n${types}:\n${stage.types.join(" ")}`;
}

/** Destroys everything, and lists what stays. */
export const leaving: Step = { title: "Leaving: destroy, and what stays", run: leave };
