/** `npm run synth|diff|deploy|destroy -- dev`: the same as `npx cdktf …`, with clear words when something is not there. */
import { describeWhatStays, refuseUnlessRetired } from "./command/leaving.ts";
import { findMissing } from "./command/prerequisites.ts";
import { parseRequest } from "./command/request.ts";
import { describeRefusals, refuseToDeploy } from "./command/refusing.ts";
import { runCdktf } from "./command/run-cdktf.ts";

try {
  const request = parseRequest(process.argv.slice(2));
  const missing = request.verb === "synth" ? [] : findMissing(process.env);
  if (missing.length > 0) throw new Error(missing.join("\n"));
  if (request.verb === "destroy") refuseUnlessRetired(request.stacks);
  if (request.verb === "deploy") await refuseToDeploy(request.stacks, process.env);
  process.exitCode = await runCdktf(request);
  if (request.verb === "diff" && process.exitCode !== 0) {
    const refusals = await describeRefusals(request.stacks, process.env);
    if (refusals !== undefined) console.error(refusals);
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
