import type { Rule } from "../rule.ts";
import { isGithub } from "./github-issuer.ts";

/**
 * Whoever may open a pull request, an issue or a discussion starts these, and the ref in the token is the default branch.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
 */
const strangersEvents = [
  "pull_request_target",
  "workflow_run",
  "issue_comment",
  "issues",
  "discussion",
  "discussion_comment",
  "fork",
  "watch",
];

/** `event_name == 'push'` or `event_name in ['push', 'schedule']`, each as often as a condition has it. */
const comparisons = /\bevent_name['"\]]*\s*(?:==\s*(['"][^'"]*['"])|in\s*\[([^\]]*)\])/g;

/** A run is trusted for who started it, not only for the branch whose name its token bears. */
export const federationEvent: Rule = {
  id: "federation-event",
  reason:
    "GitHub gives a token with the default branch as its ref to runs that a stranger's pull request or comment started, and such a run may check out the stranger's code.",
  remedy:
    "Let attribute_condition name the events that only writers of the repository start, as in assertion.event_name in ['push', 'workflow_dispatch'].",
  *findBreaches(stack) {
    for (const at of stack.resources("google_iam_workload_identity_pool_provider")) {
      const condition = at.text("attribute_condition");
      // Without a condition the rule on conditions speaks; a reference is known only to Terraform.
      if (condition === undefined || condition.includes("${") || !isGithub(at)) continue;
      const named = [...condition.matchAll(comparisons)];
      if (named.length === 0) {
        yield { at, what: `attribute_condition lets runs in whatever started them: ${condition}` };
        continue;
      }
      const events = named.flatMap(([, one, several]) =>
        [...(one ?? several ?? "").matchAll(/['"]([^'"]*)['"]/g)].map(([, event]) => event),
      );
      for (const event of strangersEvents.filter((name) => events.includes(name)))
        yield {
          at,
          what: `attribute_condition lets in runs of ${event}, which strangers start: ${condition}`,
        };
    }
  },
};
