import type { Rule } from "../rule.ts";

/** A backend has sign-in or a cache, never both. */
export const proxyAndCache: Rule = {
  id: "proxy-and-cache",
  reason: "Google refuses the identity-aware proxy and Cloud CDN on one backend: the apply fails halfway.",
  remedy: "Put what is cached into a bucket with a backend bucket of its own, on the same URL map.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_compute_backend_service")) {
      if (at.isTrue("iap.enabled") && at.isTrue("enable_cdn"))
        yield { at, what: "iap.enabled and enable_cdn are both true" };
    }
  },
};
