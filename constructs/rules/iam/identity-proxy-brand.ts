import type { Rule } from "../rule.ts";

/** The identity-aware proxy uses the client that Google manages. */
export const identityProxyBrand: Rule = {
  id: "identity-proxy-brand",
  reason:
    "The API behind google_iap_brand and google_iap_client was shut down, and a client's secret would stand in the state.",
  remedy:
    "Write iap { enabled = true } without OAuth fields; programs use google_iap_settings with programmatic_clients.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_iap_brand", "google_iap_client")) {
      yield { at, what: `${at.type} no longer works` };
    }
    for (const at of stack.resources(
      "google_compute_backend_service",
      "google_compute_region_backend_service",
    )) {
      for (const field of ["oauth2_client_id", "oauth2_client_secret"]) {
        if (at.has(`iap.${field}`)) yield { at, what: `iap.${field} is set` };
      }
    }
  },
};
