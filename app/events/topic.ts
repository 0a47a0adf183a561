import { connectPubSub } from "./pubsub-api.ts";

export interface TopicMessage {
  /** Sent as JSON. @default none */
  readonly data?: object;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Messages of the same key reach a subscription that keeps order in the order in which they were published. */
  readonly orderingKey?: string;
}

export interface Topic {
  /**
   * Resolves once Pub/Sub has the messages, in their order. At most 1,000 at once.
   *
   * @throws TopicUnavailableError: some of them may be there
   */
  publish(messages: readonly TopicMessage[]): Promise<void>;
}

export class TopicUnavailableError extends Error {
  readonly code = "topic-unavailable";
  readonly topic: string;

  constructor(topic: string, options?: ErrorOptions) {
    super(`topic '${topic}' did not take the messages: see the cause; they are published later`, options);
    this.topic = topic;
  }
}

export interface TopicOptions {
  readonly projectId: string;
  /** The last part of its name. */
  readonly name: string;
  /** Scheme, host and port of a stand-in, which asks for no credentials. @default Google's own */
  readonly endpoint?: string;
  /** @default 10,000 */
  readonly timeoutMilliseconds?: number;
}

/** https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics/publish */
export function createTopic(options: TopicOptions): Topic {
  const { projectId, name, endpoint, timeoutMilliseconds = 10_000 } = options;
  const topic = `projects/${projectId}/topics/${name}`;
  const ask = connectPubSub({ endpoint, timeoutMilliseconds });

  return {
    async publish(messages) {
      if (messages.length === 0) return;
      try {
        const { ok, status, text } = await ask(`${topic}:publish`, { messages: messages.map(encodeMessage) });
        if (!ok) throw new Error(`${status}: ${text.slice(0, 300)}`);
      } catch (error) {
        throw new TopicUnavailableError(topic, { cause: error });
      }
    },
  };
}

function encodeMessage({ data, attributes, orderingKey }: TopicMessage) {
  return {
    ...(data !== undefined && { data: Buffer.from(JSON.stringify(data)).toString("base64") }),
    ...(attributes !== undefined && { attributes }),
    ...(orderingKey !== undefined && { orderingKey }),
  };
}
