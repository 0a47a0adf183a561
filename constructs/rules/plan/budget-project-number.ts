import type { Rule } from "../rule.ts";

/** A budget names its projects by number. */
export const budgetProjectNumber: Rule = {
  id: "budget-project-number",
  reason:
    "The billing API answers with project numbers, so that a budget by project id changes at every plan.",
  remedy: "Write projects/NUMBER into budget_filter.projects.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_billing_budget")) {
      for (const project of at.texts("budget_filter.projects")) {
        if (!/^projects\/\d+$/.test(project) && !/\.(number|project_number)\}$/.test(project)) {
          yield { at, what: `budget_filter.projects has ${JSON.stringify(project)}` };
        }
      }
    }
  },
};
