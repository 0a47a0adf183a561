import type { Rule } from "../rule.ts";

/** A quiet month deletes no subscription. */
export const expiringSubscription: Rule = {
  id: "expiring-subscription",
  reason:
    "Unless told otherwise Pub/Sub deletes a subscription that was idle for 31 days, dead letters first of all.",
  remedy: 'Set expiration_policy { ttl = "" }: it never expires.',
  *findBreaches(stack) {
    for (const at of stack.resources("google_pubsub_subscription")) {
      if (at.text("expiration_policy.ttl") !== "") {
        yield { at, what: `expiration_policy.ttl is ${at.describe("expiration_policy.ttl")}` };
      }
    }
  },
};
