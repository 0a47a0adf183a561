import type { Rule } from "../rule.ts";
import type { SynthesizedBlock } from "../synthesized-stack.ts";
import { dataHolders } from "./data-holders.ts";

function isProtectedByArgument(at: SynthesizedBlock): boolean {
  const { argument, protects = [], protectedByDefault = false } = dataHolders[at.type] ?? { holds: "" };
  if (argument === undefined) return false;
  const values = at.values(argument);
  if (values.length === 0) return protectedByDefault;
  return values.every((value) =>
    protects.some((protecting) => value === protecting || value === String(protecting)),
  );
}

/** What holds data cannot be deleted in passing. */
export const deletionProtection: Rule = {
  id: "deletion-protection",
  reason:
    "A renamed construct id or a changed location is a replacement: Terraform deletes first, and the data is gone.",
  remedy:
    "Set lifecycle { prevent_destroy = true }, or the provider's own deletion protection where the type has one.",
  *findBreaches(stack) {
    for (const at of stack.resources(...Object.keys(dataHolders))) {
      if (at.isTrue("lifecycle.prevent_destroy") || isProtectedByArgument(at)) continue;
      const argument = dataHolders[at.type]?.argument;
      const own = argument === undefined ? "" : `, and ${argument} is ${at.describe(argument)}`;
      yield {
        at,
        what: `holds ${dataHolders[at.type]?.holds ?? "data"}, but lifecycle.prevent_destroy is ${at.describe("lifecycle.prevent_destroy")}${own}`,
      };
    }
  },
};
