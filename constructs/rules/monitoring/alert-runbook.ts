import type { Rule } from "../rule.ts";

/** Every alert says what to do. */
export const alertRunbook: Rule = {
  id: "alert-runbook",
  reason: "Whoever is woken at night by an alert without a runbook starts from nothing.",
  remedy:
    "Put the address of the runbook into documentation.links, and what the alert means into documentation.content.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_monitoring_alert_policy")) {
      if (!at.has("documentation.content")) yield { at, what: "documentation.content is not set" };
      const links = at.texts("documentation.links.url");
      if (!links.some((url) => /^https:\/\/|^\$\{/.test(url))) {
        yield {
          at,
          what: `documentation.links names no runbook, got ${at.describe("documentation.links.url")}`,
        };
      }
    }
  },
};
