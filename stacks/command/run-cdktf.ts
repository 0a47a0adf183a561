import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { CommandRequest } from "./request.ts";

const root = join(import.meta.dirname, "../..");

/**
 * Runs cdktf's own command line with this very Node, quiet about newer versions of itself and of Terraform.
 *
 * @returns its exit code
 */
export async function runCdktf({ verb, stacks, options }: CommandRequest): Promise<number> {
  const manifest = createRequire(import.meta.url).resolve("cdktf-cli/package.json");
  const child = spawn(
    process.execPath,
    [
      join(dirname(manifest), "bundle/bin/cdktf"),
      verb,
      ...(verb === "synth" ? [] : stacks),
      ...cdktfOptions(verb),
      ...options,
    ],
    {
      cwd: root,
      stdio: "inherit",
      env: {
        ...process.env,
        CHECKPOINT_DISABLE: "1",
        DISABLE_VERSION_CHECK: "1",
        // cdktf.json says 'node': this one, whatever else the shell has.
        PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
      },
    },
  );
  const [code, signal]: unknown[] = await once(child, "exit");
  if (typeof code === "number") return code;
  throw new Error(`cdktf ${verb} was ended by ${String(signal)}`);
}

/** The lock file is ours (`npm run lock`): cdktf would write another at every deploy, and ask the registry for it. */
function cdktfOptions(verb: CommandRequest["verb"]): string[] {
  return verb === "synth" ? [] : ["--skip-provider-lock"];
}
