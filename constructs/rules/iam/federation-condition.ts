import { findGrants } from "../grants.ts";
import type { Rule } from "../rule.ts";

/** Federation lets in one repository, not everybody whom the issuer knows. */
export const federationCondition: Rule = {
  id: "federation-condition",
  reason:
    "A public issuer such as GitHub's signs tokens for everybody: without a condition any repository may sign in.",
  remedy:
    "Set attribute_condition to the repository and branch or environment, and grant to principalSet://…/attribute.…, not to the whole pool.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_iam_workload_identity_pool_provider")) {
      if (!at.has("attribute_condition")) yield { at, what: "attribute_condition is not set" };
    }
    for (const { at, role, member } of findGrants(stack)) {
      if (/^principalSet:.*\/\*$/.test(member))
        yield { at, what: `grants ${role} to the whole pool ${member}` };
    }
  },
};
