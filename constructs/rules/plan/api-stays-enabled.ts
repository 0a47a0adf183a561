import type { Rule } from "../rule.ts";

/** Destroying a stack disables no API. */
export const apiStaysEnabled: Rule = {
  id: "api-stays-enabled",
  reason: "Disabling an API takes everything of that service in the project with it, whoever made it.",
  remedy: "Set disable_on_destroy to false.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_project_service")) {
      if (!at.isFalse("disable_on_destroy"))
        yield { at, what: `disable_on_destroy is ${at.describe("disable_on_destroy")}` };
    }
  },
};
