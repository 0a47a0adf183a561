import type { Rule } from "../rule.ts";

/** A message that cannot be worked on goes somewhere. */
export const deadLetter: Rule = {
  id: "dead-letter",
  reason:
    "A message that always fails is delivered again until it expires, and is then lost without a trace.",
  remedy: "Set dead_letter_policy with a topic that has a subscription, and alert on what arrives there.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_pubsub_subscription")) {
      if (at.has("push_config") && !at.has("dead_letter_policy"))
        yield { at, what: "dead_letter_policy is not set" };
    }
  },
};
