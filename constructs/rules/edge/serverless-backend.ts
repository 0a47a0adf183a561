import type { Rule } from "../rule.ts";

const refused = ["health_checks", "port_name", "timeout_sec"];

/** https://docs.cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts */
const refusedDetection = [
  "enforcing_success_rate",
  "success_rate_minimum_hosts",
  "success_rate_request_volume",
  "success_rate_stdev_factor",
].map((name) => `outlier_detection.${name}`);

/** A backend of Cloud Run has nothing that Google refuses there. */
export const serverlessBackend: Rule = {
  id: "serverless-backend",
  reason:
    "Google takes no health check, port name, time-out or success rate on a serverless backend, and no outlier detection beside the identity-aware proxy: the apply fails halfway.",
  remedy:
    "Leave them out: Cloud Run's own probes and time-out hold, a stream ends after 60 minutes, and a region that fails is taken out by hand.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_compute_backend_service")) {
      const groups = stack.referred(at, "backend.group");
      if (!groups.some(({ type }) => type === "google_compute_region_network_endpoint_group")) continue;
      const found = [...refused, ...refusedDetection].filter((name) => at.has(name));
      if (found.length > 0) yield { at, what: `sets ${found.join(", ")} on a serverless backend` };
      if (at.has("outlier_detection") && at.isTrue("iap.enabled"))
        yield { at, what: "sets outlier_detection beside the identity-aware proxy" };
    }
  },
};
