import { randomUUID } from "node:crypto";
import { appendFile } from "node:fs/promises";
import { type IncomingMessage, createServer } from "node:http";
import { json } from "node:stream/consumers";
import { eventTopics, eventsPath } from "../../app/runtime-contract.ts";
import { listenOnFreePort } from "../free-port.ts";
import type { PushTokens } from "./push-token.ts";
import { localEvents } from "./local-events.ts";

export interface LocalTopicsOptions {
  readonly tokens: PushTokens;
  /** Where the worker listens now; undefined while it is away. */
  readonly workerOrigin: () => string | undefined;
  /** Takes what the warehouse takes in the cloud, a line of JSON for each message. */
  readonly publishedFile: string;
  /** @default 1000 */
  readonly firstRetryMilliseconds?: number;
}

export interface LocalTopics {
  /** What the app calls a stand-in for Pub/Sub. */
  readonly endpoint: string;
  close(): Promise<void>;
}

interface Message {
  readonly data?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

const longestRetryMilliseconds = 60_000;
/** As the stack's subscriptions say. */
const pushMilliseconds = 300_000;

/**
 * The stand-in for Pub/Sub on one machine: what is published to the catalog's topic is pushed to the worker until it
 * acknowledges it, and what is published for the warehouse goes to the end of a file. What is on its way when this ends
 * is lost, as it is not in the cloud; the maintenance role makes up for it.
 */
export async function startLocalTopics(options: LocalTopicsOptions): Promise<LocalTopics> {
  const { publishedFile, firstRetryMilliseconds = 1000 } = options;
  const ending = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function deliver(message: Message): Promise<void> {
    for (let pause = firstRetryMilliseconds; !ending.signal.aborted; pause *= 2) {
      if (await push(message, options, ending.signal)) return;
      await sleep(Math.min(pause, longestRetryMilliseconds), ending.signal);
    }
  }

  async function take(topic: string, messages: readonly Message[]): Promise<boolean> {
    if (topic === eventTopics.published) {
      const lines = messages.map(({ data = "" }) => `${Buffer.from(data, "base64").toString()}\n`);
      await appendFile(publishedFile, lines.join(""), { mode: 0o600 });
      return true;
    }
    if (topic !== eventTopics.catalog) return false;
    for (const message of messages) {
      const delivering = deliver(message).finally(() => underWay.delete(delivering));
      underWay.add(delivering);
    }
    return true;
  }

  const server = createServer((request, reply) => {
    answer(request, take).then(
      ([status, body]) =>
        reply.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body)),
      () => reply.writeHead(500).end(),
    );
  });
  const port = await listenOnFreePort(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      ending.abort();
      await Promise.allSettled(underWay);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function answer(
  request: IncomingMessage,
  take: (topic: string, messages: readonly Message[]) => Promise<boolean>,
): Promise<[number, object]> {
  const topic = /^\/v1\/projects\/[^/]+\/topics\/([^/:]+):publish$/.exec(request.url ?? "")?.[1];
  const body: unknown = request.method === "POST" && topic !== undefined ? await json(request) : undefined;
  const messages = messagesOf(body);
  if (topic === undefined || messages.length === 0) return [400, failure("INVALID_ARGUMENT")];
  if (!(await take(topic, messages))) return [404, failure("NOT_FOUND")];
  return [200, { messageIds: messages.map(() => randomUUID()) }];
}

function failure(status: string): object {
  return { error: { status, message: "The stand-in for Pub/Sub knows no such topic, or got no messages." } };
}

function messagesOf(body: unknown): readonly Message[] {
  if (typeof body !== "object" || body === null || !("messages" in body)) return [];
  return Array.isArray(body.messages) ? body.messages.filter(isMessage) : [];
}

function isMessage(value: unknown): value is Message {
  return typeof value === "object" && value !== null;
}

/** https://cloud.google.com/pubsub/docs/push */
async function push(
  message: Message,
  { tokens, workerOrigin }: LocalTopicsOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const origin = workerOrigin();
  if (origin === undefined) return false;
  try {
    const reply = await fetch(`${origin}${eventsPath}catalog`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${tokens.tokenFor(localEvents.audience, localEvents.account)}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({
        message: { messageId: randomUUID(), publishTime: new Date().toISOString(), ...message },
        subscription: `projects/local/subscriptions/${eventTopics.catalog}-to-worker`,
      }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(pushMilliseconds)]),
    });
    await reply.body?.cancel();
    return reply.ok;
  } catch {
    return false;
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
