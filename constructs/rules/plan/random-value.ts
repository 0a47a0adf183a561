import type { Rule } from "../rule.ts";

/** Names are known at synthesis. */
export const randomValue: Rule = {
  id: "random-value",
  reason:
    "A random suffix differs from state to state: the next name cannot be planned, and a lost state doubles everything.",
  remedy: "Make the name of facts, or of a hash of the content that it stands for.",
  *findBreaches(stack) {
    for (const at of stack.resources(/^(random_|tls_private_key$)/))
      yield { at, what: `${at.type} differs from run to run` };
    for (const at of stack.blocks) {
      if (/\b(timestamp|uuid|plantimestamp)\(\)/.test(JSON.stringify(at.json))) {
        yield { at, what: "an expression calls timestamp, plantimestamp or uuid" };
      }
    }
  },
};
