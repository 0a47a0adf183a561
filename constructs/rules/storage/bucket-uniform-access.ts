import type { Rule } from "../rule.ts";

/** Access to objects is decided by IAM alone. */
export const bucketUniformAccess: Rule = {
  id: "bucket-uniform-access",
  reason:
    "Access lists on single objects are seen by no review of IAM, and can open one object of a closed bucket.",
  remedy:
    "Set uniform_bucket_level_access to true and grant on the bucket with google_storage_bucket_iam_member.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_storage_bucket")) {
      if (!at.isTrue("uniform_bucket_level_access")) {
        yield { at, what: `uniform_bucket_level_access is ${at.describe("uniform_bucket_level_access")}` };
      }
    }
    for (const at of stack.resources(/^google_storage_.*(_acl|_access_control)$/)) {
      yield { at, what: `${at.type} writes an access list` };
    }
  },
};
