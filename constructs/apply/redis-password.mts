/**
 * Makes one version of a secret of the password that a Memorystore instance has given itself, unless it is there: the
 * value goes from one API to the other, and nowhere else. Given: PROJECT, SECRET, VERSION, INSTANCE (its whole name).
 */
import { connectToGoogle } from "./google.mts";
import { field } from "./json-request.mts";
import { runProgram } from "./run-program.mts";
import { addVersion, hasVersion, readVersion } from "./secret-versions.mts";

await runProgram(async (input, variables) => {
  const secret = `projects/${input("PROJECT")}/secrets/${input("SECRET")}`;
  const wanted = { secret, version: Number(input("VERSION")) };
  const instance = input("INSTANCE");
  const ask = await connectToGoogle(variables);
  const password = field(await ask({ product: "redis", path: `${instance}/authString` }), "authString");
  if (!(await hasVersion(ask, wanted))) {
    await addVersion(ask, wanted, password);
    return `${secret} has a new version ${wanted.version}`;
  }
  // A number never changes its value: what runs would not notice.
  if ((await readVersion(ask, wanted)) !== password) {
    throw new Error(
      `Version ${wanted.version} of ${secret} is not the password of ${instance}, which has a new one: ` +
        `write ${wanted.version + 1} for it in the environment's facts`,
    );
  }
  return `${secret} has version ${wanted.version} already`;
});
