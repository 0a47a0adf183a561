import type { Rule } from "../rule.ts";

/** Whether a service or job may be deleted is written down. */
export const explicitDeletionProtection: Rule = {
  id: "explicit-deletion-protection",
  reason:
    "The provider protects when nothing is said, and then refuses to replace a service whose creation failed.",
  remedy: "Set deletion_protection to true or false, by a fact of the environment.",
  *findBreaches(stack) {
    for (const at of stack.resources(
      "google_cloud_run_v2_service",
      "google_cloud_run_v2_job",
      "google_cloud_run_v2_worker_pool",
    )) {
      if (!at.has("deletion_protection")) yield { at, what: "deletion_protection is not set" };
    }
  },
};
