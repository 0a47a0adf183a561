import type { Environment, EnvironmentName } from "./environment.ts";
import { everyFault } from "./every-fault.ts";

export type { AcknowledgedChange } from "./acknowledged-changes.ts";
export type { Environment, EnvironmentName, RateFact } from "./environment.ts";
export { findExampleFacts } from "./example-facts.ts";

// Each file throws what is wrong with it: somebody who edits all three is told all of it at once.
await everyFault([import("./dev.ts"), import("./staging.ts"), import("./production.ts")]);
const [{ dev }, { staging }, { production }] = await Promise.all([
  import("./dev.ts"),
  import("./staging.ts"),
  import("./production.ts"),
]);

/** Every environment by its name. */
export const environments = { dev, staging, production } as const satisfies Record<
  EnvironmentName,
  Environment
>;
