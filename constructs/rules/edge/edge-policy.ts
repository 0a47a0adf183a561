import type { Rule } from "../rule.ts";

const known = /origin\.ip|origin\.region_code|inIpRange|evaluateThreatIntelligence/;

/** A policy at the edge of a bucket judges addresses and countries only. */
export const edgePolicy: Rule = {
  id: "edge-policy",
  reason: "An edge policy of a bucket knows IP and geography only: Google refuses anything else at apply.",
  remedy:
    "Keep to src_ip_ranges, inIpRange and origin.region_code; OWASP rules belong to a backend service's policy.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_compute_security_policy")) {
      if (at.text("type") !== "CLOUD_ARMOR_EDGE") continue;
      for (const expression of at.texts("rule.match.expr.expression")) {
        if (!known.test(expression) || /evaluatePreconfigured|request\./.test(expression)) {
          yield { at, what: `an edge rule has the expression ${JSON.stringify(expression)}` };
        }
      }
      if (at.has("rule.rate_limit_options")) yield { at, what: "an edge rule limits a rate" };
    }
  },
};
