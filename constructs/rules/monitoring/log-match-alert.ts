import type { Rule } from "../rule.ts";

/** An alert on single log entries has the one form that Google takes. */
export const logMatchAlert: Rule = {
  id: "log-match-alert",
  reason: "Google refuses a log-match alert with a second condition or without a limit on its notifications.",
  remedy: "Keep exactly one condition, and set alert_strategy.notification_rate_limit.period.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_monitoring_alert_policy")) {
      if (!at.has("conditions.condition_matched_log")) continue;
      const count = at.blocks("conditions").length;
      if (count !== 1) yield { at, what: `a log-match condition stands among ${count} conditions` };
      if (!at.has("alert_strategy.notification_rate_limit.period")) {
        yield { at, what: "alert_strategy.notification_rate_limit is not set" };
      }
    }
  },
};
