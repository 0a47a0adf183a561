import type { Rule } from "../rule.ts";

const severities = new Set(["CRITICAL", "ERROR", "WARNING"]);

/** Every alert says how urgent it is. */
export const alertSeverity: Rule = {
  id: "alert-severity",
  reason: "Without a severity a pager cannot tell what wakes somebody from what waits until morning.",
  remedy: 'Set severity to "CRITICAL", "ERROR" or "WARNING".',
  *findBreaches(stack) {
    for (const at of stack.resources("google_monitoring_alert_policy")) {
      if (!severities.has(at.text("severity") ?? ""))
        yield { at, what: `severity is ${at.describe("severity")}` };
    }
  },
};
