import type { Rule } from "../rule.ts";

/** Alerts ask in a language that the console still shows. */
export const queryLanguage: Rule = {
  id: "query-language",
  reason:
    "The Monitoring Query Language is gone from the console: whoever follows the alert cannot look at its query.",
  remedy: "Write the condition in PromQL or as a threshold.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_monitoring_alert_policy")) {
      if (at.has("conditions.condition_monitoring_query_language")) {
        yield { at, what: "a condition is written in the Monitoring Query Language" };
      }
    }
  },
};
