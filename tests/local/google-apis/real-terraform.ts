import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const mirror = join(homedir(), ".terraform.d/plugins/registry.terraform.io/hashicorp/google/6.50.0");

/** The provider cannot be installed everywhere: without it these tests are skipped, in CI as well. */
export const hasProvider = existsSync(mirror) && spawnSync("terraform", ["version"]).status === 0;
export const whySkipped = hasProvider
  ? ""
  : ` (skipped: needs terraform, and Google's provider 6.50.0 in ${mirror})`;

const run = promisify(execFile);

/** Terraform in a folder, with these variables beside this process's own. Resolves to what it prints. */
export async function terraform(
  folder: string,
  variables: Readonly<Record<string, string>>,
  ...words: string[]
): Promise<string> {
  const { TF_CLI_CONFIG_FILE: _unread, ...inherited } = process.env;
  const env = { ...inherited, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", ...variables };
  const options = { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await run("terraform", [...words, "-no-color"], options);
  return stdout;
}
