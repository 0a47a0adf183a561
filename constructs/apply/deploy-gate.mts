/**
 * Stops an apply to Google before anything is made, if the stack says that it must not be deployed as it is.
 * Where every API is redirected to this machine nothing can be harmed, and it passes. Given: REFUSAL_1
 * and so on (a sentence each), ENDPOINTS (names of the variables that redirect the APIs in use, separated by commas).
 */
import { areAllLoopback } from "./endpoints.mts";
import { runProgram } from "./run-program.mts";

await runProgram(async (input, variables) => {
  const refusals: string[] = [];
  for (let refusal = variables["REFUSAL_1"]; refusal; refusal = variables[`REFUSAL_${refusals.length + 1}`]) {
    refusals.push(refusal);
  }
  if (refusals.length === 0) return "Nothing speaks against deploying";
  const list = refusals.map((sentence) => `  - ${sentence}`).join("\n");
  if (areAllLoopback(input("ENDPOINTS").split(","), variables))
    return `Rehearsed on this machine; Google would refuse it:\n${list}`;
  throw new Error(`This cannot be deployed to Google as it is:\n${list}`);
});
