import type { Rule } from "../rule.ts";

/** Grants are added one by one. */
export const authoritativeIam: Rule = {
  id: "authoritative-iam",
  reason:
    "A binding or policy removes, on apply, every holder that it does not name: Google's own agents too.",
  remedy: "Use the resource of the same name that ends in _iam_member, once for each member.",
  *findBreaches(stack) {
    for (const at of stack.resources(/_iam_(policy|binding)$/)) {
      yield { at, what: `${at.type} is authoritative for ${at.describe("role")}` };
    }
  },
};
