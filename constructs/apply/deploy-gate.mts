/**
 * Stops an apply to Google before anything is made, if the stack says that it must not be deployed as it is.
 * Where every API is redirected to this machine nothing can be harmed, and it passes. Given: REFUSALS (a JSON
 * list of sentences), ENDPOINTS (names of the variables that redirect the APIs in use, separated by commas).
 */
import { isLoopback } from "./endpoints.mts";
import { runProgram } from "./run-program.mts";

await runProgram(async (input, variables) => {
  const refusals: unknown = JSON.parse(input("REFUSALS"));
  if (!Array.isArray(refusals)) throw new Error("REFUSALS must be a list");
  if (refusals.length === 0) return "Nothing speaks against deploying";
  const elsewhere = input("ENDPOINTS")
    .split(",")
    .filter((name) => !variables[name] || !isLoopback(new URL(variables[name])));
  if (elsewhere.length === 0) return `Rehearsed on this machine; Google would refuse it:\n${list(refusals)}`;
  throw new Error(`This cannot be deployed to Google as it is:\n${list(refusals)}`);
});

function list(sentences: readonly unknown[]): string {
  return sentences.map((sentence) => `  - ${String(sentence)}`).join("\n");
}
