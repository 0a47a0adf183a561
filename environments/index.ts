import { dev } from "./dev.ts";
import type { Environment, EnvironmentName } from "./environment.ts";
import { production } from "./production.ts";
import { staging } from "./staging.ts";

export type { AcknowledgedChange } from "./acknowledged-changes.ts";
export type { Environment, EnvironmentName, RateFact } from "./environment.ts";
export { findExampleFacts } from "./example-facts.ts";

/** Every environment by its name. */
export const environments = { dev, staging, production } as const satisfies Record<
  EnvironmentName,
  Environment
>;
