import type { Rule } from "../rule.ts";

/** A managed certificate survives a change of its domains. */
export const certificateReplacement: Rule = {
  id: "certificate-replacement",
  reason: "A change of domains replaces the certificate, which the proxy still uses: the apply deadlocks.",
  remedy: "Set lifecycle { create_before_destroy = true } and let the name carry a hash of the domains.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_compute_managed_ssl_certificate")) {
      if (!at.isTrue("lifecycle.create_before_destroy"))
        yield { at, what: "lifecycle.create_before_destroy is not true" };
      const name = at.text("name") ?? "";
      if (!name.includes("${") && !/-[0-9a-f]{6,}$/.test(name)) {
        yield { at, what: `the name ${at.describe("name")} does not end with a hash of the domains` };
      }
    }
  },
};
