import { formatChanges } from "../terraform.ts";
import type { Step } from "./step.ts";

export const secondPlan: Step = {
  title: "A second plan is empty",
  run: async (stage) => {
    const plans = await Promise.all([stage.plan(), stage.bootstrap().plan()]);
    const changes = plans.flat();
    if (changes.length > 0)
      throw new Error(`nothing changed, and yet the plan would\n${formatChanges(changes)}`);
    return "environment and bootstrap: no changes";
  },
};
