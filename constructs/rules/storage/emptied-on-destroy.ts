import type { Rule } from "../rule.ts";

/** Destroying a stack never empties what holds data. */
export const emptiedOnDestroy: Rule = {
  id: "emptied-on-destroy",
  reason: "Terraform would delete every object or table inside without asking, versions included.",
  remedy: "Leave force_destroy and delete_contents_on_destroy false; empty by hand what is meant to go.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_storage_bucket")) {
      if (at.isTrue("force_destroy")) yield { at, what: "force_destroy is true" };
    }
    for (const at of stack.resources("google_bigquery_dataset")) {
      if (at.isTrue("delete_contents_on_destroy")) yield { at, what: "delete_contents_on_destroy is true" };
    }
  },
};
