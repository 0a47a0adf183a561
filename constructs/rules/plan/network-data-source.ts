import type { Rule } from "../rule.ts";

/** Data sources that only compute. */
const local = new Set(["google_iam_policy", "google_iam_role_name", "terraform_data"]);

/** A plan asks nobody for facts. */
export const networkDataSource: Rule = {
  id: "network-data-source",
  reason:
    "A data source makes a plan depend on what the cloud answers at that moment, and impossible before the first deploy.",
  remedy: "Write the fact into the environment, or take the attribute of the resource that this stack makes.",
  *findBreaches(stack) {
    for (const at of stack.dataSources) {
      if (!local.has(at.type)) yield { at, what: `data.${at.type} is read from the network at every plan` };
    }
  },
};
