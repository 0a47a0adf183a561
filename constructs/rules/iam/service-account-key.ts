import type { Rule } from "../rule.ts";

/** No long-lived keys. */
export const serviceAccountKey: Rule = {
  id: "service-account-key",
  reason: "A key never expires, is copied without a trace, and Terraform keeps it in its state.",
  remedy: "Attach the account to what runs, or let it be impersonated by workload identity federation.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_service_account_key", "google_storage_hmac_key")) {
      yield { at, what: `${at.type} makes a key that lives on` };
    }
  },
};
