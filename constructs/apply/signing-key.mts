/**
 * Gives CDN backends the signing key of one number, whose value is that version of a secret. The key of the number
 * before stays, for what it signed is still in use; older ones go. Given: PROJECT, SECRET, VERSION, KEY_PREFIX,
 * BACKENDS (names of backend buckets, separated by commas).
 */
import { awaitOperation, connectToGoogle } from "./google.mts";
import type { AskGoogle } from "./google.mts";
import { field, property } from "./json-request.mts";
import { runProgram } from "./run-program.mts";
import { readVersion } from "./secret-versions.mts";

await runProgram(async (input, variables) => {
  const version = Number(input("VERSION"));
  const prefix = input("KEY_PREFIX");
  const ask = await connectToGoogle(variables);
  const secret = `projects/${input("PROJECT")}/secrets/${input("SECRET")}`;
  const keyValue = await readVersion(ask, { secret, version });
  if (!/^[A-Za-z0-9_-]{22}==$/.test(keyValue)) {
    throw new Error(
      `Version ${version} of ${input("SECRET")} must be 16 bytes in base64url to sign with: rotate it`,
    );
  }
  const backends = input("BACKENDS").split(",");
  for (const backend of backends) {
    const address = `projects/${input("PROJECT")}/global/backendBuckets/${backend}`;
    const names = await readKeyNames(ask, address);
    for (const old of names.filter((name) => numberOf(name, prefix) < version - 1)) {
      await change(ask, `${address}/deleteSignedUrlKey?keyName=${old}`, input("PROJECT"), undefined);
    }
    if (!names.includes(`${prefix}${version}`)) {
      await change(ask, `${address}/addSignedUrlKey`, input("PROJECT"), {
        keyName: `${prefix}${version}`,
        keyValue,
      });
    }
  }
  return `${backends.join(", ")} sign with ${prefix}${version}`;
});

async function readKeyNames(ask: AskGoogle, path: string): Promise<readonly string[]> {
  const policy = property(await ask({ product: "compute", path }), "cdnPolicy");
  const names = property(policy, "signedUrlKeyNames");
  return Array.isArray(names) ? names.map(String) : [];
}

/** A key that somebody made by hand has no number of ours, and stays. */
function numberOf(name: string, prefix: string): number {
  const digits = name.startsWith(prefix) ? name.slice(prefix.length) : "";
  return /^[0-9]+$/.test(digits) ? Number(digits) : Infinity;
}

async function change(ask: AskGoogle, path: string, project: string, body: unknown): Promise<void> {
  const operation = field(await ask({ product: "compute", method: "POST", path, body }), "name");
  await awaitOperation(() =>
    ask({ product: "compute", path: `projects/${project}/global/operations/${operation}` }),
  );
}
