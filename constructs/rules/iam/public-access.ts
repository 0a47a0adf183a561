import { findGrants } from "../grants.ts";
import type { Rule } from "../rule.ts";

const everybody = new Set(["allusers", "allauthenticatedusers"]);

/** Nothing is granted to everybody, and no service skips the check of who calls. */
export const publicAccess: Rule = {
  id: "public-access",
  reason:
    "The member allUsers is the whole internet, and allAuthenticatedUsers everybody with a Google account.",
  remedy: "Grant the role to the group, the service account or the Google agent that needs it.",
  *findBreaches(stack) {
    for (const { at, role, member } of findGrants(stack)) {
      if (everybody.has(member.toLowerCase())) yield { at, what: `grants ${role} to ${member}` };
    }
    for (const at of stack.resources(
      "google_storage_bucket_acl",
      "google_storage_default_object_acl",
      "google_storage_object_acl",
    )) {
      const acl = at.text("predefined_acl") ?? "";
      if (/public|authenticatedread/i.test(acl)) yield { at, what: `predefined_acl is "${acl}"` };
    }
    for (const at of stack.resources("google_cloud_run_v2_service")) {
      if (at.isTrue("invoker_iam_disabled")) {
        yield { at, what: "invoker_iam_disabled is true, so that nobody is asked who they are" };
      }
    }
  },
};
