import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findExampleFacts } from "../environments/index.ts";
import type { Environment } from "../environments/index.ts";
import { refusalOfMissingLock } from "./provider-lock.ts";

/** Why an environment must not be deployed to Google as it is: each sentence names the file and line to edit. */
export function refusalsOf(environment: Environment): readonly string[] {
  const file = `environments/${environment.name}.ts`;
  const lines = readFileSync(join(import.meta.dirname, "..", file), "utf8").split("\n");
  const examples = findExampleFacts(environment).map(({ fact, value, instead }) => {
    const line = lines.findIndex((text) => text.includes(`"${value}"`)) + 1;
    return `${file}${line > 0 ? `:${line}` : ""}: ${fact} is the example '${value}': write ${instead}`;
  });
  return [...examples, ...refusalOfMissingLock()];
}
