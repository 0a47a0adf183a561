import type { Rule } from "../rule.ts";

/** The scaling block of the service itself is written. */
export const serviceScaling: Rule = {
  id: "service-scaling",
  reason: "Cloud Run answers with a scaling block of its own, so that every later plan wants to remove it.",
  remedy: "Write scaling { min_instance_count = 0 } at the service, besides template.scaling.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_cloud_run_v2_service")) {
      if (!at.has("scaling")) yield { at, what: "scaling is not set at the service" };
      if (!at.has("template.scaling.max_instance_count")) {
        yield { at, what: "template.scaling.max_instance_count is not set, so that nothing bounds the bill" };
      }
    }
  },
};
