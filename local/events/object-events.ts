import { randomUUID } from "node:crypto";
import { readdir, readlink } from "node:fs/promises";
import { type Server, createServer } from "node:http";
import { join } from "node:path";
import { eventsPath } from "../../app/runtime-contract.ts";
import { localEvents } from "./local-events.ts";
import { type PushTokens, createPushTokens } from "./push-token.ts";

export interface ObjectEventsOptions {
  /** The folder that stands for the uploads bucket. */
  readonly uploadsFolder: string;
  /** Objects whose names begin with this are told of; ends with `/`. */
  readonly prefix: string;
  /** Where the worker listens now; undefined while it is away. */
  readonly workerOrigin: () => string | undefined;
  /** @default 400 */
  readonly pollMilliseconds?: number;
}

export interface ObjectEvents {
  /** Where the public keys of the tokens are read. */
  readonly keySetUrl: string;
  /** Sign other events of the same machine. */
  readonly tokens: PushTokens;
  readonly close: () => Promise<void>;
}

/** A push that failed is tried again after this long, doubling up to the longest. */
const firstRetryMilliseconds = 1000;
const longestRetryMilliseconds = 60_000;
/** As the stack's subscriptions say. */
const pushMilliseconds = 300_000;

interface Pending {
  /** Distinguishes an object from a later one of the same name. */
  readonly generation: string;
  state: "waiting" | "acknowledged" | "on its way";
  failures: number;
  notBefore: number;
}

/**
 * The stand-in for the uploads bucket's notifications and their push subscription: tells the worker of every
 * object under the prefix, at least once, until it is acknowledged.
 */
export async function startObjectEvents(options: ObjectEventsOptions): Promise<ObjectEvents> {
  const tokens = await createPushTokens();
  const server = await serveKeySet(tokens);
  const known = new Map<string, Pending>();
  const underWay = new Set<Promise<void>>();
  const ending = new AbortController();

  async function look(): Promise<void> {
    const found = await findObjects(join(options.uploadsFolder, options.prefix));
    for (const name of known.keys()) if (!found.has(name)) known.delete(name);
    for (const [name, generation] of found) {
      const before = known.get(name);
      if (before?.generation === generation) continue;
      known.set(name, { generation, state: "waiting", failures: 0, notBefore: 0 });
    }
    for (const [name, pending] of known) {
      if (pending.state !== "waiting" || pending.notBefore > Date.now()) continue;
      pending.state = "on its way";
      const pushing = push(name, pending).finally(() => underWay.delete(pushing));
      underWay.add(pushing);
    }
  }

  async function push(name: string, pending: Pending): Promise<void> {
    const origin = options.workerOrigin();
    const isAcknowledged =
      origin !== undefined && (await send(origin, `${options.prefix}${name}`, tokens, ending.signal));
    pending.state = isAcknowledged ? "acknowledged" : "waiting";
    if (isAcknowledged) return;
    const pause = Math.min(firstRetryMilliseconds * 2 ** pending.failures, longestRetryMilliseconds);
    pending.failures += 1;
    pending.notBefore = Date.now() + pause;
  }

  let timer: NodeJS.Timeout | undefined;
  const again = (): void => {
    timer = setTimeout(
      () =>
        void look()
          .catch(() => {})
          .then(again),
      options.pollMilliseconds ?? 400,
    );
  };
  again();
  const address = server.address();
  return {
    tokens,
    keySetUrl: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/keys`,
    async close() {
      clearTimeout(timer);
      ending.abort();
      await Promise.allSettled(underWay);
      clearTimeout(timer);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** https://cloud.google.com/storage/docs/pubsub-notifications and https://cloud.google.com/pubsub/docs/push */
async function send(
  origin: string,
  objectId: string,
  tokens: PushTokens,
  signal: AbortSignal,
): Promise<boolean> {
  const attributes = { eventType: "OBJECT_FINALIZE", payloadFormat: "NONE", bucketId: "uploads", objectId };
  const message = { messageId: randomUUID(), publishTime: new Date().toISOString(), attributes };
  try {
    const reply = await fetch(`${origin}${eventsPath}uploads`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${tokens.tokenFor(localEvents.audience, localEvents.account)}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({
        message,
        subscription: "projects/local/subscriptions/imgstream-uploads-to-worker",
      }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(pushMilliseconds)]),
    });
    await reply.body?.cancel();
    return reply.ok;
  } catch {
    return false;
  }
}

/** Names under the folder, each with what its link points at, which changes with the content. */
async function findObjects(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const person of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (!person.isDirectory() || person.name.startsWith(".")) continue;
    const inner = join(folder, person.name);
    for (const entry of await readdir(inner, { withFileTypes: true }).catch(() => [])) {
      if (!entry.isSymbolicLink()) continue;
      const target = await readlink(join(inner, entry.name)).catch(() => undefined);
      if (target !== undefined) found.set(`${person.name}/${entry.name}`, target);
    }
  }
  return found;
}

function serveKeySet({ keySet }: PushTokens): Promise<Server> {
  const body = JSON.stringify(keySet);
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json", "cache-control": "max-age=600" }).end(body);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}
