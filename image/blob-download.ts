import { Readable } from "node:stream";
import { type HttpReply, readText } from "./http-exchange.ts";
import { reach } from "./registry-exchange.ts";
import { RegistryError, describeRefusal, unreachable } from "./registry-error.ts";
import type { RegistrySession } from "./registry-session.ts";

/** A blob as a manifest names it. */
export interface NamedBlob {
  readonly digest: string;
  readonly size: number;
}

/**
 * Reads a blob as one stream, which outlives broken connections: it goes on at the byte where it stopped, and begins
 * again where the registry gives no parts. It is given up on once no byte came for as many tries as a request has.
 * Whoever reads it compares the digest.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-blobs
 */
export function downloadBlob(session: RegistrySession, repository: string, blob: NamedBlob): Readable {
  return Readable.from(pieces(session, session.url(`/v2/${repository}/blobs/${blob.digest}`), blob.size), {
    objectMode: false,
  });
}

async function* pieces(session: RegistrySession, url: URL, size: number): AsyncGenerator<Buffer> {
  let received = 0;
  for (let failures = 0; ;) {
    try {
      for await (const chunk of untilCut(await openAt(session, url, received), url)) {
        received += chunk.length;
        failures = 0;
        if (received > size) {
          throw new Error(`${url.host} gave more than the ${size} bytes that the manifest names`);
        }
        yield chunk;
      }
      if (received === size) return;
      throw new RegistryError(`${url.host} ended a layer after ${received} of ${size} bytes`);
    } catch (error) {
      await session.pauseAfter(error, ++failures);
    }
  }
}

/** A connection that is cut may hold the next time. */
async function* untilCut(stream: AsyncIterable<Buffer>, { host }: URL): AsyncGenerator<Buffer> {
  try {
    yield* stream;
  } catch (cause) {
    throw unreachable(host, cause);
  }
}

/** The blob's bytes from `start` on. */
async function openAt(session: RegistrySession, url: URL, start: number): Promise<AsyncIterable<Buffer>> {
  const headers = start === 0 ? {} : { range: `bytes=${start}-` };
  const reply = await follow(session, url, headers);
  if (reply.status === 206) {
    const from = Number(/^bytes (\d+)-/.exec(reply.headers["content-range"] ?? "")?.[1]);
    if (from === start) return reply.stream;
    reply.stream.destroy();
    throw new RegistryError(`${session.host} gave a blob from byte ${from} instead of ${start}`, {
      status: 502,
    });
  }
  if (reply.status === 200) return without(reply.stream, start);
  throw describeRefusal("give a layer", reply, await readText(reply), url.host);
}

/**
 * Registries send readers on: to another path of theirs, where the sign-in counts as before, or to their object
 * store, which must not see a secret.
 */
async function follow(
  session: RegistrySession,
  start: URL,
  headers: Readonly<Record<string, string>>,
): Promise<HttpReply> {
  let url = start;
  for (let hops = 0; hops <= 5; hops++) {
    const call = { method: "GET", url, headers } as const;
    const reply = url.origin === start.origin ? await session.once(call) : await reach(call);
    const { location } = reply.headers;
    if (reply.status < 300 || reply.status >= 400 || location === undefined) return reply;
    reply.stream.resume();
    url = new URL(location, url);
  }
  throw new RegistryError(`${start.host} redirects without an end`, { status: 310 });
}

async function* without(source: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let skipped = 0;
  for await (const chunk of source) {
    const cut = Math.min(chunk.length, count - skipped);
    skipped += cut;
    if (cut < chunk.length) yield chunk.subarray(cut);
  }
}
