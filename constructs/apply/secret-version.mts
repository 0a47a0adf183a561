/**
 * Makes one version of a secret, of random bytes, unless it is there: the value is born here and goes to Secret
 * Manager, and nowhere else. Given: PROJECT, SECRET, VERSION, BYTES.
 */
import { randomBytes } from "node:crypto";
import { connectToGoogle, isNotFound } from "./google.mts";
import type { AskGoogle } from "./google.mts";
import { field } from "./json-request.mts";
import { runProgram } from "./run-program.mts";

await runProgram(async (input, variables) => {
  const secret = `projects/${input("PROJECT")}/secrets/${input("SECRET")}`;
  const version = Number(input("VERSION"));
  const ask = await connectToGoogle(variables);
  const state = await readState(ask, `${secret}/versions/${version}`);
  if (state === "ENABLED") return `${secret} has version ${version} already`;
  if (state !== undefined) {
    throw new Error(
      `Version ${version} of ${secret} is ${state}: enable it, or raise the version in the environment's facts`,
    );
  }
  if (version > 1 && (await readState(ask, `${secret}/versions/${version - 1}`)) === undefined) {
    throw new Error(
      `${secret} has no version ${version - 1}, so the next one is not ${version}: raise the version by one at a time`,
    );
  }
  // Padded: the same text is a signing key of Cloud CDN.
  const value = randomBytes(Number(input("BYTES")))
    .toString("base64")
    .replaceAll("+", "-")
    .replaceAll("/", "_");
  const made = await ask({
    product: "secretManager",
    method: "POST",
    path: `${secret}:addVersion`,
    body: { payload: { data: Buffer.from(value).toString("base64") } },
  });
  const name = field(made, "name");
  if (!name.endsWith(`/versions/${version}`)) {
    throw new Error(
      `${secret} numbered its new version ${name.slice(name.lastIndexOf("/") + 1)}, not ${version}: ` +
        "write that number in the environment's facts",
    );
  }
  return `${secret} has a new version ${version}`;
});

/** ENABLED, DISABLED or DESTROYED; nothing if there is no such version. */
async function readState(ask: AskGoogle, path: string): Promise<string | undefined> {
  try {
    return field(await ask({ product: "secretManager", path }), "state");
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
