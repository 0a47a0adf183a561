import type { Rule } from "../rule.ts";

/** What the edge fills from is not encrypted with a customer's key. */
export const customerKeyBehindCdn: Rule = {
  id: "customer-key-behind-cdn",
  reason: "The agent that fills the edge cannot use a customer-managed key: every request would be refused.",
  remedy: "Leave encryption out on a bucket behind Cloud CDN: Google encrypts it all the same.",
  *findBreaches(stack) {
    for (const backend of stack.resources("google_compute_backend_bucket")) {
      for (const at of stack.resources("google_storage_bucket")) {
        if (at.has("encryption.default_kms_key_name") && stack.refersTo(backend, "bucket_name", at)) {
          yield { at, what: `has a customer-managed key, and ${backend.address} serves it` };
        }
      }
    }
  },
};
