import * as Type from "typebox";
import { Check } from "typebox/schema";
import { mapOf } from "../map-schema.ts";
import { connectPubSub } from "./pubsub-api.ts";

/** A message that a subscription gave up, as it lies in the dead letter. */
export interface DeadLetter {
  /** Names this delivery of it; valid for as long as the subscription's acknowledgement deadline. */
  readonly ackId: string;
  readonly messageId: string;
  /** When it was put aside: ISO 8601. */
  readonly putAsideAt: string;
  /** The subscription that could not deliver it; undefined where it says nothing of the kind. */
  readonly source: string | undefined;
  readonly deliveries: number;
  readonly message: OriginalMessage;
}

/** As it was first published. */
export interface OriginalMessage {
  /** Base64. */
  readonly data?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly orderingKey?: string;
}

export interface DeadLetters {
  /** Up to a hundred that nobody else holds at this moment; none: there are none. */
  pull(): Promise<readonly DeadLetter[]>;
  /** Publishes it as it was to the topic of its source, once more for each call. @throws DeadLetterError */
  publishAgain(letter: DeadLetter): Promise<void>;
  /** Takes them out for good. */
  acknowledge(letters: readonly DeadLetter[]): Promise<void>;
  /** Gives them back, to be pulled again at once. */
  release(letters: readonly DeadLetter[]): Promise<void>;
}

/** Pub/Sub refused or answered what it should not. Only commands meet it. */
export class DeadLetterError extends Error {}

export interface DeadLettersOptions {
  readonly projectId: string;
  /** The last part of the name of the subscription that keeps them. */
  readonly subscription: string;
  /** Scheme, host and port of a stand-in, which asks for no credentials. @default Google's own */
  readonly endpoint?: string;
}

const Pulled = Type.Object({
  receivedMessages: Type.Optional(
    Type.Array(
      Type.Object({
        ackId: Type.String(),
        message: Type.Object({
          messageId: Type.String(),
          publishTime: Type.String(),
          data: Type.Optional(Type.String()),
          attributes: Type.Optional(mapOf(Type.String())),
          orderingKey: Type.Optional(Type.String()),
        }),
      }),
    ),
  ),
});
const Subscription = Type.Object({ topic: Type.String() });

/** https://cloud.google.com/pubsub/docs/handling-failures#dead-letter-attributes */
const added = "CloudPubSubDeadLetter";
const mostAtOnce = 100;
const askMilliseconds = 30_000;

/** https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions */
export function createDeadLetters({ projectId, subscription, endpoint }: DeadLettersOptions): DeadLetters {
  const kept = `projects/${projectId}/subscriptions/${subscription}`;
  const topics = new Map<string, Promise<string>>();
  const askPubSub = connectPubSub({ endpoint, timeoutMilliseconds: askMilliseconds });

  async function ask(path: string, body?: object): Promise<unknown> {
    const { ok, status, text } = await askPubSub(path, body);
    if (!ok) throw new DeadLetterError(`${path} was answered ${status}: ${text.slice(0, 300)}`);
    return text === "" ? {} : JSON.parse(text);
  }

  async function topicOf(source: string): Promise<string> {
    const answer = await ask(`projects/${projectId}/subscriptions/${source}`);
    if (!Check(Subscription, answer)) throw new DeadLetterError(`subscription '${source}' names no topic`);
    return answer.topic;
  }

  return {
    async pull() {
      const answer = await ask(`${kept}:pull`, { maxMessages: mostAtOnce });
      if (!Check(Pulled, answer)) throw new DeadLetterError(`${kept} was pulled and answered another shape`);
      return (answer.receivedMessages ?? []).map(({ ackId, message }) => {
        const { messageId, publishTime: putAsideAt, data, attributes = {}, orderingKey } = message;
        const own = Object.entries(attributes).filter(([name]) => !name.startsWith(added));
        return {
          ackId,
          messageId,
          putAsideAt,
          source: attributes[`${added}SourceSubscription`],
          deliveries: Number(attributes[`${added}SourceDeliveryCount`] ?? 0),
          message: {
            ...(data !== undefined && { data }),
            ...(own.length > 0 && { attributes: Object.fromEntries(own) }),
            ...(orderingKey !== undefined && { orderingKey }),
          },
        };
      });
    },

    async publishAgain({ source, messageId, message }) {
      if (source === undefined)
        throw new DeadLetterError(`message ${messageId} does not say where it came from`);
      const topic = topics.get(source) ?? topicOf(source);
      topics.set(source, topic);
      // Asked again for the next letter: it may have been the network.
      topic.catch(() => topics.delete(source));
      await ask(`${await topic}:publish`, { messages: [message] });
    },

    async acknowledge(letters) {
      if (letters.length > 0) await ask(`${kept}:acknowledge`, { ackIds: letters.map(({ ackId }) => ackId) });
    },

    async release(letters) {
      const ackIds = letters.map(({ ackId }) => ackId);
      if (letters.length > 0) await ask(`${kept}:modifyAckDeadline`, { ackIds, ackDeadlineSeconds: 0 });
    },
  };
}
