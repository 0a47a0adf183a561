import type { Rule } from "../rule.ts";

/** What calls a service on a schedule or for an event says who it is. */
export const pushIdentity: Rule = {
  id: "push-identity",
  reason: "A call without an OIDC token reaches only a service that is open to everybody.",
  remedy:
    "Set oidc_token (push subscription), or oidc_token or oauth_token (scheduled job), with an account of its own.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_pubsub_subscription")) {
      if (at.has("push_config") && !at.has("push_config.oidc_token.service_account_email")) {
        yield { at, what: "push_config has no oidc_token" };
      }
    }
    for (const at of stack.resources("google_cloud_scheduler_job")) {
      const identified = at.has("http_target.oidc_token") || at.has("http_target.oauth_token");
      if (at.has("http_target") && !identified)
        yield { at, what: "http_target has neither oidc_token nor oauth_token" };
    }
  },
};
