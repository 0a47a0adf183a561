import type { Rule } from "../rule.ts";

/** Cloud Run names its revisions. */
export const revisionName: Rule = {
  id: "revision-name",
  reason: "A retry after a failed deploy meets the revision of the same name and ends in 409.",
  remedy: "Leave template.revision out.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_cloud_run_v2_service", "google_cloud_run_v2_worker_pool")) {
      if (at.has("template.revision"))
        yield { at, what: `template.revision is ${at.describe("template.revision")}` };
    }
  },
};
