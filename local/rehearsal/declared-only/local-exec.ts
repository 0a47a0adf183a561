import { spawn } from "node:child_process";
import { join } from "node:path";
import { outcomeOf } from "../child-outcome.ts";
import {
  isObject,
  type JsonObject,
  objectsAt,
  objectAt,
  shown,
  textAt,
} from "../../google-apis/engine/json.ts";

/** Runs one command of a `local-exec` provisioner as Terraform does. @throws Error with what it wrote */
async function runCommand(
  command: string,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const { PATH = "" } = process.env;
  const child = spawn("/bin/sh", ["-c", command], {
    cwd: folder,
    // The apply-time programs run with this very Node.
    env: { ...process.env, PATH: `${join(process.execPath, "..")}:${PATH}`, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { code, output } = await outcomeOf(child);
  if (code !== 0) throw new Error(`'${command}' ended with ${code}: ${output.trim().slice(-2000)}`);
}

/** Runs the provisioners of a `terraform_data` one after the other. */
export async function runProvisioners(
  block: JsonObject,
  folder: string,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  for (const provisioner of objectsAt(block, "provisioner")) {
    const exec = objectAt(provisioner, "local-exec");
    const declared = isObject(exec["environment"]) ? exec["environment"] : {};
    const own = Object.entries(declared).map(([name, value]) => [name, shown(value)] as const);
    await runCommand(textAt(exec, "command"), folder, { ...variables, ...Object.fromEntries(own) });
  }
}
