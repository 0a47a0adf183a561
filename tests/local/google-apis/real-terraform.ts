import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { holdsProvider, providerFolder, providerVersion } from "../../../local/rehearsal/google-provider.ts";

/** The provider cannot be installed everywhere: without it these tests are skipped, in CI as well. */
export const hasProvider = holdsProvider(providerFolder) && spawnSync("terraform", ["version"]).status === 0;
export const whySkipped = hasProvider
  ? ""
  : ` (skipped: needs terraform, and Google's provider ${providerVersion} in ${providerFolder})`;

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
