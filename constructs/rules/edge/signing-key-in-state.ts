import type { Rule } from "../rule.ts";

/** The key that signs requests never passes through Terraform. */
export const signingKeyInState: Rule = {
  id: "signing-key-in-state",
  reason:
    "Terraform would keep the key in its state, where everybody who may plan can read it and sign for any photo.",
  remedy: "Make the key in an apply-time step through the API, and keep it in Secret Manager.",
  *findBreaches(stack) {
    for (const at of stack.resources(/^google_compute_backend_(bucket|service)_signed_url_key$/)) {
      yield { at, what: `${at.type} puts key_value into the state` };
    }
  },
};
