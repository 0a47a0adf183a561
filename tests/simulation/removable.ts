import { removedAccountRules } from "./accounts/removed-account-rules.ts";
import type { RemovedRule } from "./removed-rule.ts";
import { removedRules } from "./removed-rules.ts";
import type { Story } from "./run-seeds.ts";

/** What can be taken out of which story. */
export const removableOf: Readonly<Record<Story, readonly RemovedRule[]>> = {
  catalog: removedRules,
  accounts: removedAccountRules,
};
