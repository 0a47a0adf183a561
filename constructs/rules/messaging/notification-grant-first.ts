import type { Rule } from "../rule.ts";

/** A bucket announces its objects after its agent may publish. */
export const notificationGrantFirst: Rule = {
  id: "notification-grant-first",
  reason: "Cloud Storage tries the topic when a notification is made: without the grant the apply fails.",
  remedy: "Name the storage agent's roles/pubsub.publisher grant on the topic in depends_on.",
  *findBreaches(stack) {
    const grants = stack
      .resources("google_pubsub_topic_iam_member")
      .filter((grant) => grant.text("role") === "roles/pubsub.publisher");
    for (const at of stack.resources("google_storage_notification")) {
      const awaited = stack.waitsFor(at);
      if (!grants.some((grant) => awaited.has(grant)))
        yield { at, what: "waits for no roles/pubsub.publisher grant" };
    }
  },
};
