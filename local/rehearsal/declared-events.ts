import { setTimeout as pause } from "node:timers/promises";
import { isAllowed } from "../google-apis/engine/access.ts";
import { type JsonObject, objectAt, textAt, textsAt } from "../google-apis/engine/json.ts";
import type { Resource } from "../google-apis/engine/state.ts";
import type { World } from "../google-apis/engine/world.ts";
import { signIdToken } from "../google-apis/iam-credentials.ts";
import { storageAgent } from "../google-apis/storage-notifications.ts";
import { type StoredObject, toResource } from "../google-apis/storage/stored-object.ts";
import type { Containers } from "./containers.ts";
import { runRefusal, serviceAt } from "./run-admission.ts";

export interface DeclaredEventsOptions {
  readonly world: World;
  readonly containers: Pick<Containers, "originOf">;
  /** @default 1000; doubles up to ten seconds. Google waits as long as the subscription declares */
  readonly retryMilliseconds?: number;
}

const longestRetryMilliseconds = 10_000;

/**
 * What the declared notifications, topics and push subscriptions do: an object that is made in a bucket becomes a
 * message, and each message, whoever published it, a push with a signed token to the Cloud Run service that the subscription names, again and
 * again until it is acknowledged or dead. Each account on the way must be allowed to.
 */
export class DeclaredEvents {
  readonly #options: DeclaredEventsOptions;
  readonly #ending = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  readonly #lines = new Map<string, Promise<void>>();
  /** Why messages did not arrive, in words. */
  readonly faults: string[] = [];
  /** How many messages were published, by topic. */
  readonly published = new Map<string, number>();
  /** While true no push arrives anywhere: nobody answers. */
  isCutOff = false;
  #hurrying = new AbortController();
  /** How many pushes were acknowledged, by subscription. */
  readonly acknowledged = new Map<string, number>();

  constructor(options: DeclaredEventsOptions) {
    this.#options = options;
    options.world.objects.watch((object) => this.#tell(object));
    options.world.watchMessages((topic, message) => this.#publish(topic, message));
  }

  /** How many pushes are not acknowledged yet. */
  get waiting(): number {
    return this.#underWay.size;
  }

  /** What waits to be pushed again is pushed now: as if the time until then had passed. */
  hurry(): void {
    const before = this.#hurrying;
    this.#hurrying = new AbortController();
    before.abort();
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await Promise.allSettled(this.#underWay);
  }

  #tell(object: StoredObject): void {
    const { world } = this.#options;
    for (const { name, body } of world.state.all({ collection: "storage.notifications" })) {
      const types = textsAt(body, "event_types");
      const isWanted = types.length === 0 || types.includes("OBJECT_FINALIZE");
      if (!name.startsWith(`b/${object.bucket}/`) || !isWanted) continue;
      if (!object.name.startsWith(textAt(body, "object_name_prefix"))) continue;
      const topic = world.projects.withId(
        textAt(body, "topic").replace(/^\/\/pubsub\.googleapis\.com\//, ""),
      );
      const agent = storageAgent(world.projects.of(topic)?.projectNumber ?? "");
      if (!isAllowed(world, `serviceAccount:${agent}`, "pubsub.topics.publish", "pubsub", topic)) {
        this.faults.push(`${agent} may not publish to ${topic}: nobody is told of ${object.name}`);
        continue;
      }
      world.tellOf(topic, this.#message(object, body));
    }
  }

  #message(object: StoredObject, notification: JsonObject): JsonObject {
    const { identifiers } = this.#options.world;
    const payloadFormat = textAt(notification, "payload_format");
    const data = Buffer.from(JSON.stringify(toResource(object, "https://storage.googleapis.com")));
    return {
      messageId: identifiers.number(),
      publishTime: identifiers.time(),
      attributes: {
        notificationConfig: `projects/_/buckets/${object.bucket}/notificationConfigs/${textAt(notification, "id")}`,
        eventType: "OBJECT_FINALIZE",
        payloadFormat,
        bucketId: object.bucket,
        objectId: object.name,
        objectGeneration: String(object.generation),
        eventTime: object.timeCreated.toISOString(),
      },
      ...(payloadFormat === "NONE" ? {} : { data: data.toString("base64") }),
    };
  }

  #publish(topic: string, message: JsonObject): void {
    const { world } = this.#options;
    this.published.set(topic, (this.published.get(topic) ?? 0) + 1);
    for (const subscription of world.state.all({ collection: "pubsub.projects.subscriptions" })) {
      const isPush = textAt(subscription.body, "pushConfig.pushEndpoint") !== "";
      if (!isPush || world.projects.withId(textAt(subscription.body, "topic")) !== topic) continue;
      const delivery = this.#inOrder(subscription, message).finally(() => this.#underWay.delete(delivery));
      this.#underWay.add(delivery);
    }
  }

  /** Where the subscription keeps order, after the message of the same key that came before. */
  #inOrder(subscription: Resource, message: JsonObject): Promise<void> {
    const key = textAt(message, "orderingKey");
    if (subscription.body["enableMessageOrdering"] !== true || key === "") {
      return this.#deliver(subscription, message);
    }
    const line = `${subscription.name} ${key}`;
    const delivery = (this.#lines.get(line) ?? Promise.resolve()).then(() =>
      this.#deliver(subscription, message),
    );
    this.#lines.set(line, delivery);
    return delivery;
  }

  async #deliver(subscription: Resource, message: JsonObject): Promise<void> {
    const { signal } = this.#ending;
    const most = Number(objectAt(subscription.body, "deadLetterPolicy")["maxDeliveryAttempts"] ?? Infinity);
    let wait = this.#options.retryMilliseconds ?? 1000;
    for (let attempt = 1; attempt <= most && !signal.aborted; attempt += 1) {
      const fault = await this.#push(subscription, message).catch((error: unknown) =>
        error instanceof Error ? error.message : String(error),
      );
      if (fault === undefined) {
        const before = this.acknowledged.get(subscription.name) ?? 0;
        this.acknowledged.set(subscription.name, before + 1);
        return;
      }
      if (!signal.aborted) this.faults.push(`${subscription.name}, attempt ${attempt}: ${fault}`);
      const over = AbortSignal.any([signal, this.#hurrying.signal]);
      await pause(wait, undefined, { signal: over }).catch(() => undefined);
      wait = Math.min(2 * wait, longestRetryMilliseconds);
    }
    if (!signal.aborted) this.#putAside(subscription, message, most);
  }

  /** https://cloud.google.com/pubsub/docs/handling-failures#how_dead_letter_topics_work */
  #putAside({ name, body }: Resource, message: JsonObject, deliveries: number): void {
    const { world } = this.#options;
    const project = world.projects.of(name);
    const topic = world.projects.withId(textAt(body, "deadLetterPolicy.deadLetterTopic"));
    const agent = `serviceAccount:service-${project?.projectNumber}@gcp-sa-pubsub.iam.gserviceaccount.com`;
    if (!isAllowed(world, agent, "pubsub.topics.publish", "pubsub", topic)) {
      this.faults.push(`${agent} may not publish to ${topic}: a message of ${name} is lost`);
      return;
    }
    this.faults.push(`${name}: the message went to the dead letters`);
    world.tellOf(topic, {
      ...message,
      messageId: world.identifiers.number(),
      publishTime: world.identifiers.time(),
      attributes: {
        ...objectAt(message, "attributes"),
        CloudPubSubDeadLetterSourceDeliveryCount: String(deliveries),
        CloudPubSubDeadLetterSourceSubscription: name.split("/").at(-1) ?? "",
        CloudPubSubDeadLetterSourceSubscriptionProject: project?.projectId ?? "",
        CloudPubSubDeadLetterSourceTopicPublishTime: textAt(message, "publishTime"),
      },
    });
  }

  /** Resolves to why it was not acknowledged; undefined where it was. */
  async #push({ name, body }: Resource, message: JsonObject): Promise<string | undefined> {
    if (this.isCutOff) return "nobody answers";
    const { world, containers } = this.#options;
    const endpoint = new URL(textAt(body, "pushConfig.pushEndpoint"));
    const account = textAt(body, "pushConfig.oidcToken.serviceAccountEmail");
    const audience = textAt(body, "pushConfig.oidcToken.audience") || endpoint.href;
    const service = serviceAt(world, endpoint.origin);
    if (service === undefined) return `no Cloud Run service is at ${endpoint.origin}`;
    const refusal = this.#refusal(name, service, account, audience);
    if (refusal !== undefined) return refusal;
    const origin = containers.originOf(service.name);
    if (origin === undefined) return `${service.name} is not ready`;
    const reply = await fetch(new URL(endpoint.pathname, origin), {
      method: "POST",
      headers: {
        authorization: `Bearer ${signIdToken(world, account, audience, true)}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ message, subscription: name }),
      signal: this.#ending.signal,
    });
    const said = await reply.text();
    return reply.ok ? undefined : `${service.name} answered ${reply.status}: ${said.slice(0, 200)}`;
  }

  /** What Google would refuse before the container sees the push. */
  #refusal(subscription: string, service: Resource, account: string, audience: string): string | undefined {
    const { world } = this.#options;
    const project = world.projects.of(subscription);
    const agent = `serviceAccount:service-${project?.projectNumber}@gcp-sa-pubsub.iam.gserviceaccount.com`;
    const path = `projects/${project?.projectId}/serviceAccounts/${account}`;
    if (!isAllowed(world, agent, "iam.serviceAccounts.getOpenIdToken", "iam", path)) {
      return `${agent} may make no tokens of ${account}`;
    }
    return runRefusal(world, service, account, audience);
  }
}
