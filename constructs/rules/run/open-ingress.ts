import type { Rule } from "../rule.ts";

const closed = new Set([
  "INGRESS_TRAFFIC_INTERNAL_ONLY",
  "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
  "ALLOW_INTERNAL_ONLY",
  "ALLOW_INTERNAL_AND_GCLB",
]);

const ingressPath: Readonly<Record<string, string>> = {
  google_cloud_run_v2_service: "ingress",
  google_cloudfunctions2_function: "service_config.ingress_settings",
};

/** Nothing is reached but through the load balancer or from inside. */
export const openIngress: Rule = {
  id: "open-ingress",
  reason:
    "A service that takes requests from everywhere has an address beside the load balancer, its firewall and its sign-in.",
  remedy:
    "Set INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER behind a load balancer, INGRESS_TRAFFIC_INTERNAL_ONLY for events.",
  *findBreaches(stack) {
    for (const at of stack.resources(...Object.keys(ingressPath))) {
      const path = ingressPath[at.type] ?? "ingress";
      if (!closed.has(at.text(path) ?? "")) yield { at, what: `${path} is ${at.describe(path)}` };
    }
    for (const at of stack.resources("google_cloud_run_service")) {
      yield { at, what: "the first version of the Cloud Run resource hides its ingress in an annotation" };
    }
    for (const at of stack.resources("google_compute_firewall")) {
      if (at.text("direction") === "EGRESS" || !at.has("allow")) continue;
      const open = at.texts("source_ranges").filter((range) => range === "0.0.0.0/0" || range === "::/0");
      if (open.length > 0) yield { at, what: `lets in ${open.join(" and ")}` };
    }
  },
};
