import { FactsError } from "./fault.ts";

/**
 * Waits for all of it.
 *
 * @throws the reason itself where everything that failed did so for one, such as a module that all of it imports
 * @throws AggregateError with every reason: of facts their words, of anything else file and line as well
 */
export async function everyFault(files: readonly Promise<unknown>[]): Promise<void> {
  const failures = (await Promise.allSettled(files)).filter((outcome) => outcome.status === "rejected");
  const distinct = new Map(failures.map(({ reason }): [string, unknown] => [describe(reason), reason]));
  if (distinct.size === 0) return;
  const [only] = distinct.values();
  throw distinct.size === 1 ? only : new AggregateError(distinct.values(), [...distinct.keys()].join("\n"));
}

function describe(reason: unknown): string {
  if (reason instanceof FactsError) return reason.message;
  if (!(reason instanceof Error)) return String(reason);
  // Node says in the stack alone where a file of TypeScript does not parse; which of its own calls read it is no news.
  const lines = (reason.stack ?? reason.message).split("\n");
  return lines.filter((line) => !/^ +at .*\bnode:internal\//.test(line)).join("\n");
}
