import type { Rule } from "../rule.ts";

/** Every bucket refuses public grants, whoever makes them. */
export const bucketPublicAccessPrevention: Rule = {
  id: "bucket-public-access-prevention",
  reason:
    "Without it one grant by hand in the console makes a bucket public, and nothing of ours would notice.",
  remedy: 'Set public_access_prevention to "enforced".',
  *findBreaches(stack) {
    for (const at of stack.resources("google_storage_bucket")) {
      if (at.text("public_access_prevention") !== "enforced") {
        yield {
          at,
          what: `public_access_prevention is ${at.describe("public_access_prevention")}, not "enforced"`,
        };
      }
    }
  },
};
