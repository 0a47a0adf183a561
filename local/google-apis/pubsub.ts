import { ApiError } from "./engine/api-error.ts";
import { at, type JsonObject, objectAt, objectsAt, textAt, textsAt, withAt } from "./engine/json.ts";
import type { ApiModule, Call, Kind } from "./engine/kind.ts";
import { nameOf } from "./engine/resource-name.ts";
import { isPulled } from "./pull-queues.ts";

const idPattern = /\/[a-zA-Z][-\w.~+%]{2,254}$/;

function checkId(call: Call): void {
  const name = nameOf(call);
  if (!idPattern.test(name) || name.split("/").at(-1)?.startsWith("goog") === true) {
    throw new ApiError("INVALID_ARGUMENT", `You have passed an invalid resource name [${name}].`);
  }
}

function requireTopic(call: Call, topic: string): void {
  if (topic === "_deleted-topic_") return;
  if (call.world.state.get("pubsub", call.world.projects.withId(topic)) === undefined) {
    throw new ApiError("NOT_FOUND", `Resource not found (resource=${topic.split("/").at(-1)}).`);
  }
}

function requireAccount(call: Call, email: string): void {
  if (email !== "" && !call.world.accounts.exists(email)) {
    throw new ApiError("NOT_FOUND", `Service account ${email} does not exist.`);
  }
}

/** A push to an address that Google would not call. */
function checkPush(call: Call, push: JsonObject): void {
  const endpoint = textAt(push, "pushEndpoint");
  if (endpoint !== "" && !/^https:\/\/[^/]+/.test(endpoint)) {
    throw new ApiError(
      "INVALID_ARGUMENT",
      `Invalid push endpoint given (endpoint=${endpoint}): it must be HTTPS.`,
    );
  }
  requireAccount(call, textAt(push, "oidcToken.serviceAccountEmail"));
}

function checkTable(call: Call, table: string): void {
  if (table === "") return;
  const [project = "", dataset = "", name = ""] = table.replace(":", ".").split(".");
  const id = call.world.projects.find(project)?.projectId ?? project;
  if (call.world.state.get("bigquery", `projects/${id}/datasets/${dataset}/tables/${name}`) === undefined) {
    throw new ApiError("NOT_FOUND", `Not found: Table ${table}`);
  }
}

/** https://cloud.google.com/pubsub/quotas#resource_limits */
const mostMessages = 1000;
const mostKeyBytes = 1024;

/** Takes messages as Google does. Who subscribes is told by whoever watches the world's messages. */
function publish(call: Call): JsonObject {
  requireTopic(call, nameOf(call));
  const messages = objectsAt(call.body, "messages");
  if (messages.length === 0 || messages.length > mostMessages) {
    const reason = `The value for message_count is too ${messages.length === 0 ? "small" : "large"}`;
    const limits = `You passed ${messages.length} in the request, but the value must be between 1 and ${mostMessages}.`;
    throw new ApiError("INVALID_ARGUMENT", `${reason}. ${limits}`);
  }
  for (const message of messages) {
    const isEmpty =
      textAt(message, "data") === "" && Object.keys(objectAt(message, "attributes")).length === 0;
    if (isEmpty) throw new ApiError("INVALID_ARGUMENT", "Some messages in the publish request are empty.");
    if (Buffer.byteLength(textAt(message, "orderingKey")) > mostKeyBytes) {
      throw new ApiError("INVALID_ARGUMENT", `An ordering key may have ${mostKeyBytes} bytes.`);
    }
  }
  const { identifiers } = call.world;
  const published = messages.map((message) => ({
    ...message,
    messageId: identifiers.number(),
    publishTime: identifiers.time(),
  }));
  for (const message of published) call.world.tellOf(call.world.projects.withId(nameOf(call)), message);
  return { messageIds: published.map(({ messageId }) => messageId) };
}

function subscriptionOf(call: Call): { readonly name: string; readonly body: JsonObject } {
  const name = nameOf(call);
  const found = call.world.state.get("pubsub", name);
  if (found === undefined) {
    throw new ApiError("NOT_FOUND", `Resource not found (resource=${name.split("/").at(-1)}).`);
  }
  return found;
}

/** What waits there, for the subscription's own deadline. */
function pull(call: Call): JsonObject {
  const { name, body } = subscriptionOf(call);
  if (!isPulled(body)) {
    throw new ApiError("FAILED_PRECONDITION", "This method is not supported for this subscription type.");
  }
  const most = Number(call.body["maxMessages"] ?? 0);
  if (most < 1) {
    throw new ApiError("INVALID_ARGUMENT", `'max_messages' must be positive, got ${most}.`);
  }
  const received = call.world.pullQueues.pull(name, most, Number(body["ackDeadlineSeconds"] ?? 10));
  return received.length === 0 ? {} : { receivedMessages: received };
}

function ackIdsOf(call: Call): string[] {
  const ackIds = textsAt(call.body, "ackIds");
  if (ackIds.length === 0) throw new ApiError("INVALID_ARGUMENT", "No ack ids specified.");
  return ackIds;
}

function acknowledge(call: Call): JsonObject {
  call.world.pullQueues.acknowledge(subscriptionOf(call).name, ackIdsOf(call));
  return {};
}

function modifyAckDeadline(call: Call): JsonObject {
  const seconds = Number(call.body["ackDeadlineSeconds"] ?? 0);
  if (seconds < 0 || seconds > 600) {
    throw new ApiError("INVALID_ARGUMENT", `'ackDeadlineSeconds' must be 0 to 600, got ${seconds}.`);
  }
  call.world.pullQueues.extend(subscriptionOf(call).name, ackIdsOf(call), seconds);
  return {};
}

const topics: Kind = {
  collection: "pubsub.projects.topics",
  schema: "Topic",
  locate: (call) => nameOf({ ...call, methodId: "" }),
  check: (_next, _before, call) => checkId(call),
  complete: (next) => ({ ...next, state: "ACTIVE" }),
  actions: { publish },
};

const defaults: JsonObject = {
  ackDeadlineSeconds: 10,
  messageRetentionDuration: "604800s",
  expirationPolicy: { ttl: "2678400s" },
};

const subscriptions: Kind = {
  collection: "pubsub.projects.subscriptions",
  schema: "Subscription",
  locate: (call) => nameOf({ ...call, methodId: "" }),
  actions: { pull, acknowledge, modifyAckDeadline },
  check: (next, _before, call) => {
    checkId(call);
    if (textAt(next, "topic") === "") throw new ApiError("INVALID_ARGUMENT", "A subscription needs a topic.");
    requireTopic(call, textAt(next, "topic"));
    const dead = textAt(next, "deadLetterPolicy.deadLetterTopic");
    if (dead !== "") requireTopic(call, dead);
    const attempts = at(next, "deadLetterPolicy.maxDeliveryAttempts");
    if (typeof attempts === "number" && attempts !== 0 && (attempts < 5 || attempts > 100)) {
      throw new ApiError("INVALID_ARGUMENT", `'maxDeliveryAttempts' must be 5 to 100, got ${attempts}.`);
    }
    const seconds = next["ackDeadlineSeconds"];
    if (typeof seconds === "number" && seconds !== 0 && (seconds < 10 || seconds > 600)) {
      throw new ApiError("INVALID_ARGUMENT", `'ackDeadlineSeconds' must be 10 to 600, got ${seconds}.`);
    }
    checkPush(call, objectAt(next, "pushConfig"));
    checkTable(call, textAt(next, "bigqueryConfig.table"));
  },
  complete: (next) => {
    const body: JsonObject = {
      ...defaults,
      ...next,
      pushConfig: objectAt(next, "pushConfig"),
      state: "ACTIVE",
    };
    const withPolicy =
      next["deadLetterPolicy"] === undefined || at(next, "deadLetterPolicy.maxDeliveryAttempts") !== undefined
        ? body
        : withAt(body, "deadLetterPolicy.maxDeliveryAttempts", 5);
    return next["bigqueryConfig"] === undefined
      ? withPolicy
      : withAt(withPolicy, "bigqueryConfig.state", "ACTIVE");
  },
};

/** Pub/Sub: resources are created by PUT under the name that the caller chose. */
export const pubsub: ApiModule = { shape: "pubsub.v1", style: "proto", kinds: [topics, subscriptions] };
