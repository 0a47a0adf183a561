import { findGrants } from "../grants.ts";
import type { Rule } from "../rule.ts";
import { isGithub } from "./github-issuer.ts";

/** Federation lets in one repository, not everybody whom the issuer knows, nor whoever takes over a name. */
export const federationCondition: Rule = {
  id: "federation-condition",
  reason:
    "A public issuer such as GitHub's signs tokens for everybody: without a condition any repository may sign in, and with a name alone whoever takes over that name.",
  remedy:
    "Set attribute_condition to the repository's number (assertion.repository_id) or its owner's, and to the branch or environment; and grant to principalSet://…/attribute.…, not to the whole pool.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_iam_workload_identity_pool_provider")) {
      const condition = at.text("attribute_condition");
      if (!at.has("attribute_condition")) yield { at, what: "attribute_condition is not set" };
      // A reference is known only to Terraform.
      else if (condition !== undefined && isGithub(at) && !/\brepository_(owner_)?id\b|\$\{/.test(condition))
        yield { at, what: `attribute_condition tells repositories by names alone: ${condition}` };
    }
    for (const { at, role, member } of findGrants(stack)) {
      if (/^principalSet:.*\/\*$/.test(member))
        yield { at, what: `grants ${role} to the whole pool ${member}` };
    }
  },
};
