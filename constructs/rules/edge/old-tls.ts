import type { Rule } from "../rule.ts";

const versions = new Set(["TLS_1_2", "TLS_1_3"]);
const profiles = new Set(["MODERN", "RESTRICTED", "FIPS_202205"]);

/** TLS 1.2 or later, with a modern profile, at every HTTPS proxy. */
export const oldTls: Rule = {
  id: "old-tls",
  reason: "Without a policy of its own a proxy speaks TLS 1.0 with ciphers that are long broken.",
  remedy:
    'Give the HTTPS proxy an ssl_policy with min_tls_version "TLS_1_2" and profile "MODERN" or "RESTRICTED".',
  *findBreaches(stack) {
    for (const at of stack.resources(
      "google_compute_target_https_proxy",
      "google_compute_target_ssl_proxy",
      "google_compute_region_target_https_proxy",
    )) {
      if (!at.has("ssl_policy")) yield { at, what: "ssl_policy is not set" };
    }
    for (const at of stack.resources("google_compute_ssl_policy", "google_compute_region_ssl_policy")) {
      if (!versions.has(at.text("min_tls_version") ?? "")) {
        yield { at, what: `min_tls_version is ${at.describe("min_tls_version")}` };
      }
      if (!profiles.has(at.text("profile") ?? "")) yield { at, what: `profile is ${at.describe("profile")}` };
    }
  },
};
