import type { Rule } from "../rule.ts";

/** A tag of the registry means one image for ever, and what is deployed is never cleaned up. */
export const immutableTags: Rule = {
  id: "immutable-tags",
  reason:
    "A tag that moves lets a rollback start something else; a clean-up by age removes what is still deployed.",
  remedy:
    'Set docker_config.immutable_tags to true, and let DELETE policies match only tag_state "UNTAGGED".',
  *findBreaches(stack) {
    for (const at of stack.resources("google_artifact_registry_repository")) {
      if (at.text("format")?.toUpperCase() === "DOCKER" && !at.isTrue("docker_config.immutable_tags")) {
        yield { at, what: `docker_config.immutable_tags is ${at.describe("docker_config.immutable_tags")}` };
      }
      for (const policy of at.blocks("cleanup_policies")) {
        if (policy.text("action") !== "DELETE") continue;
        if (policy.text("condition.tag_state")?.toUpperCase() === "UNTAGGED") continue;
        yield {
          at,
          what: `the clean-up policy ${policy.describe("id")} deletes tag_state ${policy.describe("condition.tag_state")}`,
        };
      }
    }
  },
};
