import { ApiError } from "./engine/api-error.ts";
import { contentTag } from "./engine/identifiers.ts";
import { type JsonObject, textAt, withAt } from "./engine/json.ts";
import type { Call, Kind } from "./engine/kind.ts";
import { bucketOf } from "./storage-bucket-policy.ts";

/** The agent that publishes notifications must be allowed to, and the topic must be there. */
function checkNotification(next: JsonObject, call: Call): void {
  const topic = textAt(next, "topic").replace(/^\/\/pubsub\.googleapis\.com\//, "");
  const name = call.world.projects.withId(topic);
  if (call.world.state.get("pubsub", name) === undefined) {
    throw new ApiError("INVALID_ARGUMENT", `Cloud Pub/Sub topic '${topic}' not found.`);
  }
  const agent = storageAgent(textAt(bucketOf(call).body, "projectNumber"));
  const publishers = ["roles/pubsub.publisher", "roles/pubsub.editor", "roles/pubsub.admin", "roles/owner"];
  const project = call.world.projects.of(name)?.projectId ?? "";
  const keys = [`pubsub/${name}`, `cloudresourcemanager/projects/${project}`];
  const isAllowed = keys.some((key) =>
    call.world.policies
      .bindings(key)
      .some(({ role, members }) => publishers.includes(role) && members.includes(`serviceAccount:${agent}`)),
  );
  if (isAllowed) return;
  const message = `The service account '${agent}' does not have permission to publish messages to the Cloud Pub/Sub topic '//pubsub.googleapis.com/${name}', or that topic does not exist.`;
  throw new ApiError("PERMISSION_DENIED", message);
}

/** The account that publishes what happens in a project's buckets. */
export function storageAgent(projectNumber: string): string {
  return `service-${projectNumber}@gs-project-accounts.iam.gserviceaccount.com`;
}

export const notifications: Kind = {
  collection: "storage.notifications",
  schema: "Notification",
  identify: (call) => String(call.world.state.all({ collection: "storage.notifications" }).length + 1),
  check: (next, _before, call) => checkNotification(next, call),
  complete: (next, _before, call) => {
    const id = textAt(next, "name").split("/").at(-1) ?? "";
    const body = withAt(
      { payload_format: "JSON_API_V1", ...next, kind: "storage#notification", id },
      "name",
      undefined,
    );
    const bucket = call.parameters["bucket"] ?? "";
    return {
      ...body,
      selfLink: `https://www.googleapis.com/storage/v1/b/${bucket}/notificationConfigs/${id}`,
      etag: contentTag(body),
    };
  },
};
