import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type RemovedRule, removedRules } from "./removed-rules.ts";

const root = join(import.meta.dirname, "../..");
let isRegistered = false;

/** The simulation's own modules and the catalog's, loaded afresh with one rule taken out. */
export async function loadWithout(rule: RemovedRule): Promise<typeof import("./run-seeds.ts")> {
  if (!isRegistered) register();
  isRegistered = true;
  // The mark is inherited by everything that is imported from here.
  return await import(`./run-seeds.ts?without=${removedRules.indexOf(rule)}`);
}

function register(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const mark = context.parentURL === undefined ? "" : new URL(context.parentURL).search;
      const isOurs = resolved.url.startsWith("file:") && !resolved.url.includes("/node_modules/");
      return mark === "" || !isOurs || new URL(resolved.url).search !== ""
        ? resolved
        : { ...resolved, url: resolved.url + mark };
    },
    load(url, context, next) {
      const without = url.startsWith("file:") ? new URL(url).searchParams.get("without") : null;
      const rule = without === null ? undefined : removedRules[Number(without)];
      const path = rule && relative(root, fileURLToPath(url));
      if (rule === undefined || !rule.edits.some(({ file }) => file === path)) return next(url, context);
      return { format: "module-typescript", source: removeRule(rule, path ?? ""), shortCircuit: true };
    },
  });
}

/** @throws when the rule's lines are not there any more: whoever moved them says here where they are now. */
export function removeRule(rule: RemovedRule, file: string): string {
  let source = readFileSync(join(root, file), "utf8");
  for (const edit of rule.edits.filter((one) => one.file === file)) {
    const parts = source.split(edit.kept);
    if (parts.length !== 2) {
      throw new Error(`rule '${rule.name}': ${file} has ${parts.length - 1} times, not once: ${edit.kept}`);
    }
    source = parts.join(edit.removed);
  }
  return source;
}
