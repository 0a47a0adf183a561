import type { Environment } from "./environment.ts";
import { describeFault, FactsError } from "./fault.ts";
import { findFaults } from "./find-faults.ts";

/**
 * Checks the facts and freezes them, nested ones included.
 *
 * @throws FactsError that names every fault at once, each with what to write instead.
 */
export function defineEnvironment(facts: Environment): Environment {
  const faults = findFaults(facts);
  if (faults.length > 0) {
    const lines = faults.map((fault) => `  - ${describeFault(fault)}`);
    throw new FactsError(
      `environments/${facts.name}.ts has ${faults.length} ${faults.length === 1 ? "fault" : "faults"}:\n${lines.join("\n")}`,
    );
  }
  return deepFreeze(facts);
}

function deepFreeze<T extends object>(value: T): T {
  for (const nested of Object.values(value)) {
    if (typeof nested === "object" && nested !== null) deepFreeze(nested);
  }
  return Object.freeze(value);
}
