import type { Rule } from "../rule.ts";

/** The bindings offer both to a channel: `labels` are its configuration there, `user_labels` its labels. */
function findArgument(offers: (property: string) => boolean): string | undefined {
  if (offers("userLabels")) return "user_labels";
  return offers("labels") ? "labels" : undefined;
}

/** Everything that can carry labels carries some. */
export const labels: Rule = {
  id: "labels",
  reason:
    "Without labels nobody can say which unit, environment or version a resource or a line of the bill belongs to.",
  remedy:
    "Sweep labels over the stack with one Aspect, or set labels (user_labels in Cloud Monitoring) on the resource.",
  *findBreaches(stack) {
    for (const at of stack.resources(/^google_/)) {
      const argument = findArgument((property) => at.offers(property));
      if (argument === undefined) continue;
      const [block] = at.blocks(argument);
      const text = at.text(argument);
      const isEmpty = block === undefined ? text === undefined : Object.keys(block.json).length === 0;
      if (isEmpty) yield { at, what: `${argument} is ${at.describe(argument)}` };
    }
  },
};
