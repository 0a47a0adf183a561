import type { Rule } from "../rule.ts";

/** No bucket is mounted as a folder. */
export const mountedBucket: Rule = {
  id: "mounted-bucket",
  reason:
    "A mounted bucket has no locking and no atomic rename: a database file on it is damaged by its second writer.",
  remedy: "Read and write objects through the API; keep files that may vanish in an in-memory folder.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_cloud_run_v2_service", "google_cloud_run_v2_job")) {
      for (const volume of [...at.blocks("template.volumes"), ...at.blocks("template.template.volumes")]) {
        if (volume.has("gcs")) yield { at, what: `mounts the bucket ${volume.describe("gcs.bucket")}` };
      }
    }
  },
};
