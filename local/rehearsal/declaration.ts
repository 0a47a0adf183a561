import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isObject, type Json, type JsonObject, objectAt } from "../google-apis/engine/json.ts";
import { CannotBegin } from "./cannot-begin.ts";

/** Changes what was synthesised for one stack before anything is made of it. */
export type Rewrite = (declared: JsonObject, stack: string) => JsonObject;

function fileOf(outdir: string, stack: string): string {
  return join(outdir, "stacks", stack, "cdk.tf.json");
}

/** The stacks that were synthesised into `outdir`. */
export function stacksIn(outdir: string): string[] {
  return readdirSync(join(outdir, "stacks")).toSorted((one, next) => one.localeCompare(next, "en"));
}

/** Whether a stack declares anything of a type of the provider's. */
export function isDeclared(outdir: string, stack: string, type: string): boolean {
  return Object.keys(objectAt(readDeclaration(outdir, stack), `resource.${type}`)).length > 0;
}

/** What was synthesised for a stack. @throws CannotBegin where there is no such stack */
export function readDeclaration(outdir: string, stack: string): JsonObject {
  const file = fileOf(outdir, stack);
  if (!existsSync(file)) {
    const known = stacksIn(outdir).filter((name) => !name.startsWith("bootstrap-"));
    throw new CannotBegin(`there is no environment '${stack}': rehearse one of ${known.join(", ")}`);
  }
  const read: Json = JSON.parse(readFileSync(file, "utf8"));
  if (!isObject(read)) throw new Error(`${file} holds no JSON object`);
  return read;
}

/** Puts the rewritten declarations in the place of those in `outdir`. @throws Error where none of them changes */
export function rewriteDeclarations(outdir: string, stacks: readonly string[], rewrite: Rewrite): void {
  let changed = 0;
  for (const stack of stacks) {
    const declared = readDeclaration(outdir, stack);
    const rewritten = rewrite(declared, stack);
    if (!isDeepStrictEqual(declared, rewritten)) changed += 1;
    writeFileSync(fileOf(outdir, stack), `${JSON.stringify(rewritten, null, 2)}\n`);
  }
  if (changed === 0)
    throw new Error(`nothing in ${stacks.join(" and ")} is as the rewriting expects: nothing was changed`);
}

/** The types of Google's resources that stacks declare, each once, in the order of their names. */
export function declaredTypes(outdir: string, stacks: readonly string[]): string[] {
  const types = stacks.flatMap((stack) => Object.keys(objectAt(readDeclaration(outdir, stack), "resource")));
  return [...new Set(types)]
    .filter((type) => type.startsWith("google_"))
    .toSorted((one, next) => one.localeCompare(next, "en"));
}
