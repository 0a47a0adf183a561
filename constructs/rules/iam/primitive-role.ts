import { findGrants } from "../grants.ts";
import type { Rule } from "../rule.ts";

const primitive = new Set(["roles/owner", "roles/editor", "roles/viewer"]);

/** Nobody holds owner, editor or viewer. */
export const primitiveRole: Rule = {
  id: "primitive-role",
  reason: "Owner, editor and viewer reach into every service of a project, those of tomorrow included.",
  remedy: "Grant the predefined role of the one service that is needed, or a custom role.",
  *findBreaches(stack) {
    for (const { at, role, member } of findGrants(stack)) {
      if (primitive.has(role)) yield { at, what: `grants ${role} to ${member}` };
    }
  },
};
