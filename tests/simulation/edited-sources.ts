import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { laterReleases } from "./later-releases.ts";
import { removedCourtesies } from "./removed-courtesies.ts";
import type { Edit, RemovedRule } from "./removed-rule.ts";
import { removedAccountRules } from "./accounts/removed-account-rules.ts";
import { removedRules } from "./removed-rules.ts";

const root = join(import.meta.dirname, "../..");
const removable = [...removedRules, ...removedAccountRules, ...removedCourtesies];
let isRegistered = false;

/** The simulation's own modules and the catalog's, loaded afresh with one rule taken out. */
export async function loadWithout(rule: RemovedRule): Promise<typeof import("./run-seeds.ts")> {
  register();
  // The mark is inherited by everything that is imported from here.
  return await import(`./run-seeds.ts?without=${removable.indexOf(rule)}`);
}

/** The contest of several writers, with one of the catalog's courtesies taken out. */
export async function loadFairnessWithout(rule: RemovedRule): Promise<typeof import("./fairness.ts")> {
  register();
  return await import(`./fairness.ts?without=${removable.indexOf(rule)}`);
}

/**
 * The catalog as a later release has it, loaded beside this one's; 0 for this one's. What it has in common with this one
 * (stores, chance, time) stays the same modules.
 */
export async function loadRelease(later: number): Promise<typeof import("./release.ts")> {
  if (later === 0) return await import("./release.ts");
  register();
  const marks = new URL(import.meta.url).searchParams;
  marks.set("later", String(later));
  return await import(`./release.ts?${marks.toString()}`);
}

/** Only what a release is made of is loaded once for each. */
function isOfRelease(path: string): boolean {
  return path.startsWith("app/catalog/") || path === "tests/simulation/release.ts";
}

function register(): void {
  // One for all copies of this module.
  if (isRegistered || new URL(import.meta.url).search !== "") return;
  isRegistered = true;
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const { searchParams: marks } = new URL(context.parentURL ?? "file:///");
      const isOurs = resolved.url.startsWith("file:") && !resolved.url.includes("/node_modules/");
      if (marks.size === 0 || !isOurs || new URL(resolved.url).search !== "") return resolved;
      if (!isOfRelease(pathOf(resolved.url))) marks.delete("later");
      return marks.size === 0 ? resolved : { ...resolved, url: `${resolved.url}?${marks.toString()}` };
    },
    load(url, context, next) {
      const { searchParams: marks, protocol } = new URL(url);
      if (protocol !== "file:" || marks.size === 0) return next(url, context);
      const edits = editsOf(marks.get("without"), marks.get("later"));
      const path = pathOf(url);
      if (!edits.some(({ file }) => file === path)) return next(url, context);
      return { format: "module-typescript", source: edited(edits, path), shortCircuit: true };
    },
  });
}

function pathOf(url: string): string {
  return relative(root, fileURLToPath(url));
}

function editsOf(without: string | null, later: string | null): readonly Edit[] {
  const rule = without === null ? undefined : removable[Number(without)];
  const release = later === null ? undefined : laterReleases[Number(later) - 1];
  return [...(rule?.edits ?? []), ...(release?.edits ?? [])];
}

/** @throws when a line is not there any more: whoever moved it says in the table where it is now. */
export function edited(edits: readonly Edit[], file: string): string {
  let source = readFileSync(join(root, file), "utf8");
  for (const { kept, removed } of edits.filter((one) => one.file === file)) {
    const parts = source.split(kept);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times, not once: ${kept}`);
    source = parts.join(removed);
  }
  return source;
}
