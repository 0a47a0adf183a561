/**
 * Makes one version of a secret, of random bytes, unless it is there: the value is born here and goes to Secret
 * Manager, and nowhere else. Given: PROJECT, SECRET, VERSION, BYTES.
 */
import { randomBytes } from "node:crypto";
import { connectToGoogle } from "./google.mts";
import { runProgram } from "./run-program.mts";
import { addVersion, hasVersion } from "./secret-versions.mts";

await runProgram(async (input, variables) => {
  const secret = `projects/${input("PROJECT")}/secrets/${input("SECRET")}`;
  const wanted = { secret, version: Number(input("VERSION")) };
  const ask = await connectToGoogle(variables);
  if (await hasVersion(ask, wanted)) return `${secret} has version ${wanted.version} already`;
  // Padded: the same text is a signing key of Cloud CDN.
  const value = randomBytes(Number(input("BYTES")))
    .toString("base64")
    .replaceAll("+", "-")
    .replaceAll("/", "_");
  await addVersion(ask, wanted, value);
  return `${secret} has a new version ${wanted.version}`;
});
