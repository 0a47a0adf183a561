import type { Rule } from "../rule.ts";

/** What answers from code stands behind a web firewall. */
export const backendFirewall: Rule = {
  id: "backend-firewall",
  reason:
    "Without a security policy nothing limits the rate of one client or stops a known attack before it costs money.",
  remedy: "Set security_policy to a google_compute_security_policy.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_compute_backend_service")) {
      const scheme = at.text("load_balancing_scheme") ?? "EXTERNAL";
      if (scheme.startsWith("EXTERNAL") && !at.has("security_policy"))
        yield { at, what: "security_policy is not set" };
    }
  },
};
