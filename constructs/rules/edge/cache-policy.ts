import type { Rule } from "../rule.ts";

const explicit = ["request_coalescing", "negative_caching", "serve_while_stale"];

/** What Google answers about a cache policy is written down. */
export const cachePolicy: Rule = {
  id: "cache-policy",
  reason:
    "Google answers with values of its own for what is left out, so that every later plan wants to change them.",
  remedy: "Set cdn_policy with request_coalescing, negative_caching and serve_while_stale.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_compute_backend_bucket", "google_compute_backend_service")) {
      if (!at.isTrue("enable_cdn")) continue;
      const missing = explicit.filter((name) => !at.has(`cdn_policy.${name}`));
      if (missing.length > 0) yield { at, what: `cdn_policy lacks ${missing.join(", ")}` };
    }
  },
};
