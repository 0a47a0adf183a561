import type { Stores } from "../adapters.ts";

/**
 * Every store answers.
 *
 * @throws AggregateError with what each that does not said
 */
export async function checkStores({ checks }: Pick<Stores, "checks">): Promise<{ readonly stores: number }> {
  const outcomes = await Promise.allSettled(checks.map(({ check }) => check()));
  const faults = outcomes.flatMap((outcome, index) =>
    outcome.status === "rejected"
      ? [new Error(`the ${checks[index]?.name} does not answer`, { cause: outcome.reason })]
      : [],
  );
  if (faults.length > 0) throw new AggregateError(faults, faults.map(({ message }) => message).join("; "));
  return { stores: checks.length };
}
