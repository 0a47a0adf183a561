import type { Rule } from "../rule.ts";

const refused = ["health_checks", "port_name", "timeout_sec"];

/** A backend of Cloud Run has nothing that Google refuses there. */
export const serverlessBackend: Rule = {
  id: "serverless-backend",
  reason:
    "Google refuses health checks, a port name and a time-out on a serverless backend, in the middle of an apply.",
  remedy: "Leave them out: Cloud Run's own probes and time-out hold, and a stream ends after 60 minutes.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_compute_backend_service")) {
      const groups = stack.referred(at, "backend.group");
      if (!groups.some(({ type }) => type === "google_compute_region_network_endpoint_group")) continue;
      const found = refused.filter((name) => at.has(name));
      if (found.length > 0) yield { at, what: `sets ${found.join(", ")} on a serverless backend` };
    }
  },
};
