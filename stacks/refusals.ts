import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findExampleFacts } from "../environments/index.ts";
import type { Environment } from "../environments/index.ts";
import type { PreparedImage } from "../image/prepare.ts";
import { refusalOfMissingLock } from "./provider-lock.ts";

/** Why an environment must not be deployed to Google as it is: each sentence names the file and line to edit. */
export function refusalsOf(environment: Environment): readonly string[] {
  const placeOf = placesIn(`environments/${environment.name}.ts`);
  const examples = findExampleFacts(environment).map(
    ({ fact, value, instead }) =>
      `${placeOf(`"${value}"`)}: ${fact} is the example '${value}': write ${instead}`,
  );
  return [...examples, ...refusalOfMissingLock()];
}

/** Why an image must not be deployed to Google as it is. On this machine it may stand on the machine's own base. */
export function refusalsOfImage({ recipe: { base, source } }: PreparedImage): readonly string[] {
  const refusals: string[] = [];
  if (base.digest === null) {
    const place = placesIn("image/base.json")('"digest"');
    refusals.push(`${place}: digest is null: run 'npm run image:pin' and commit what it writes`);
  }
  if (source.isShallow) {
    refusals.push("this is a shallow clone, which cannot tell the version: run 'git fetch --unshallow'");
  }
  return refusals;
}

/** Says `FILE:LINE` of the first line that has a text, or the file alone. */
function placesIn(file: string): (text: string) => string {
  const lines = readFileSync(join(import.meta.dirname, "..", file), "utf8").split("\n");
  return (text) => {
    const line = lines.findIndex((written) => written.includes(text)) + 1;
    return line > 0 ? `${file}:${line}` : file;
  };
}
