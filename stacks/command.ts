/** `npm run synth|diff|deploy|destroy -- dev`: the same as `npx cdktf …`, with clear words when something is not there. */
import { describeWhatStays, refuseUnlessRetired } from "./command/leaving.ts";
import { findMissing } from "./command/prerequisites.ts";
import { parseRequest } from "./command/request.ts";
import { describeRefusals } from "./command/refusing.ts";
import { runCdktf } from "./command/run-cdktf.ts";

try {
  const request = parseRequest(process.argv.slice(2));
  const missing = request.verb === "synth" ? [] : findMissing(process.env);
  const refusals =
    request.verb === "deploy" ? await describeRefusals("deploy", request.stacks, process.env) : undefined;
  // All at once: what the machine lacks, and what the facts do.
  const against = [...missing, ...(refusals === undefined ? [] : [refusals])];
  if (against.length > 0) throw new Error(against.join("\n"));
  if (request.verb === "destroy") refuseUnlessRetired(request.stacks);
  process.exitCode = await runCdktf(request);
  if (request.verb === "diff" && process.exitCode !== 0) {
    const left = await describeRefusals("plan", request.stacks, process.env);
    if (left !== undefined) console.error(left);
  }
  if (request.verb === "destroy" && process.exitCode === 0) {
    console.log(
      `What stays:\n${request.stacks
        .flatMap(describeWhatStays)
        .map((line) => `  - ${line}`)
        .join("\n")}`,
    );
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
