import { Readable } from "node:stream";
import { type HttpReply, readText } from "./http-exchange.ts";
import { RegistryError, describeRefusal } from "./registry-error.ts";
import type { RegistrySession } from "./registry-session.ts";

/** Bytes with a name, readable in any part as often as needed. */
export interface Blob {
  readonly digest: string;
  readonly size: number;
  /** The bytes from `start` up to but without `end`. */
  open(start: number, end: number): Readable;
}

export interface UploadOptions {
  /**
   * Largest body of one request. `Number.POSITIVE_INFINITY` sends a blob whole, without a range, and after a broken
   * connection again from its start: Artifact Registry takes no parts.
   *
   * @see https://cloud.google.com/artifact-registry/docs/docker/pushing-and-pulling
   */
  readonly chunkBytes: number;
  /** Told how many bytes have left; goes back when the registry lost some. */
  readonly onProgress?: (sentBytes: number) => void;
}

/**
 * Lets a repository have a blob that another one of the same registry has: nothing travels.
 *
 * @param from repository that may have it
 * @returns whether it is there now; where the registry does not mount it, it must be sent
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#mounting-a-blob-from-another-repository
 */
export async function mountBlob(
  session: RegistrySession,
  repository: string,
  digest: string,
  from: string,
): Promise<boolean> {
  const reply = await session
    .send("mount a layer", [201, 202], {
      method: "POST",
      url: session.url(`/v2/${repository}/blobs/uploads/?mount=${digest}&from=${encodeURIComponent(from)}`),
      scopes: [`repository:${from}:pull`],
    })
    .catch((error: unknown) => {
      // Who may not read the other repository, or mount at all, sends the blob.
      if (error instanceof RegistryError && !error.isPassing) return undefined;
      throw error;
    });
  if (reply === undefined) return false;
  await readText(reply);
  if (reply.status === 201) {
    requireDigest(session.host, reply, digest);
    return true;
  }
  // Not mounted: the reply opened an upload, which would be out of date once the blob has been fetched.
  const dropped = await session
    .once({ method: "DELETE", url: locationOf(session, reply) })
    .catch(() => undefined);
  dropped?.stream.resume();
  return false;
}

/**
 * Sends a blob that the registry lacks, in chunks, each after the registry took the one before. After a broken
 * connection it asks where to go on; where the registry cannot say, it begins again. The blob exists only once
 * all of its bytes have arrived with its digest.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-a-blob-in-chunks
 */
export async function uploadBlob(
  session: RegistrySession,
  repository: string,
  blob: Blob,
  options: UploadOptions,
): Promise<void> {
  for (let count = 1; ; count++) {
    try {
      await sendAll(session, await begin(session, repository), blob, options);
      return;
    } catch (error) {
      if (!(error instanceof LostUpload)) throw error;
      await session.pauseAfter(error.reason, count);
    }
  }
}

/** The upload leads nowhere any more, and a new one may help. */
class LostUpload extends Error {
  readonly reason: RegistryError;

  constructor(reason: RegistryError) {
    super(reason.message);
    this.reason = reason;
  }
}

/** The registry no longer knows the upload, or how far it got. */
function lostWhereUnknown(error: unknown): unknown {
  const isUnknown = error instanceof RegistryError && (error.status === 404 || error.status === 416);
  return isUnknown ? new LostUpload(new RegistryError(error.message, { cause: error })) : error;
}

/** @returns where to send to */
async function begin(session: RegistrySession, repository: string): Promise<URL> {
  const reply = await session.send("open an upload", [202], {
    method: "POST",
    url: session.url(`/v2/${repository}/blobs/uploads/`),
  });
  await readText(reply);
  return locationOf(session, reply);
}

async function sendAll(
  session: RegistrySession,
  start: URL,
  blob: Blob,
  { chunkBytes, onProgress }: UploadOptions,
): Promise<void> {
  let location = start;
  let offset = 0;
  while (offset < blob.size) {
    const isWhole = chunkBytes === Number.POSITIVE_INFINITY;
    let broken: unknown;
    const attempt = async (): Promise<void> => {
      // A failed chunk is repeated from wherever the registry has got to.
      if (broken !== undefined) ({ offset, location } = await askOffset(session, location, broken));
      const [from, end] = [offset, Math.min(blob.size, offset + chunkBytes)];
      if (from >= blob.size) return;
      const reply = await session.once({
        method: "PATCH",
        url: location,
        headers: {
          "content-type": "application/octet-stream",
          ...(!isWhole && { "content-range": `${from}-${end - 1}` }),
        },
        body: {
          size: end - from,
          open: () => Readable.from(counted(blob.open(from, end), from, onProgress), { objectMode: false }),
        },
      });
      const text = await readText(reply);
      if (reply.status !== 202 && reply.status !== 204) {
        throw describeRefusal("take a part of a layer", reply, text, session.host);
      }
      location = locationOf(session, reply);
      offset = receivedBytes(reply) ?? end;
      if (offset <= from) throw new RegistryError(`${session.host} took no byte of ${end - from}`);
    };
    const remembered = (): Promise<void> =>
      attempt().catch((error: unknown) => {
        broken = error;
        throw error;
      });
    await (isWhole ? attempt() : session.repeat(remembered)).catch((error: unknown) => {
      const isBegunAnew = isWhole && error instanceof RegistryError && error.isPassing;
      throw isBegunAnew ? new LostUpload(error) : lostWhereUnknown(error);
    });
  }
  const url = new URL(location);
  url.searchParams.set("digest", blob.digest);
  const end = {
    method: "PUT",
    url,
    headers: { "content-type": "application/octet-stream" },
    body: new Uint8Array(),
  } as const;
  const reply = await session.send("take a layer", [201], end).catch((error: unknown) => {
    throw lostWhereUnknown(error);
  });
  await readText(reply);
  requireDigest(session.host, reply, blob.digest);
}

/** @throws Error when a registry says that it keeps other bytes than were sent */
export function requireDigest(host: string, reply: HttpReply, digest: string): void {
  const said = reply.headers["docker-content-digest"];
  if (said !== undefined && said !== digest) {
    throw new RegistryError(
      `${host} answered with the digest ${String(said)} for what has ${digest}: the registry, or a proxy before it, changes content. Nothing was tagged`,
      { status: reply.status },
    );
  }
}

/** @param broken why it must be asked: where the registry does not know, people are told both */
async function askOffset(
  session: RegistrySession,
  location: URL,
  broken: unknown,
): Promise<{ offset: number; location: URL }> {
  const reply = await session.once({ method: "GET", url: location });
  const text = await readText(reply);
  if (reply.status >= 400 && reply.status < 500) {
    const first = broken instanceof Error ? broken.message : String(broken);
    const message = `${first}; then ${session.host} did not know how much of the layer had arrived (${reply.status})`;
    throw new RegistryError(message, { status: 404, cause: broken });
  }
  if (reply.status !== 204 && reply.status !== 202) {
    throw describeRefusal("say how much has arrived", reply, text, session.host);
  }
  return {
    offset: receivedBytes(reply) ?? 0,
    location: reply.headers.location === undefined ? location : locationOf(session, reply),
  };
}

function locationOf(session: RegistrySession, { headers }: HttpReply): URL {
  const { location } = headers;
  if (location === undefined) {
    throw new RegistryError(`${session.host} did not say where to send to: is it an OCI registry?`, {
      status: 400,
    });
  }
  return session.url(location);
}

/**
 * `Range: 0-99` means 100 bytes; some registries write `bytes=0-99`. Docker's writes `0-0` for none as well as
 * for one, so that says nothing.
 */
function receivedBytes({ headers }: HttpReply): number | undefined {
  const last = Number(/^(?:bytes=)?0-(\d+)$/.exec(headers.range ?? "")?.[1] ?? 0);
  return last === 0 ? undefined : last + 1;
}

async function* counted(
  source: Readable,
  start: number,
  onProgress: ((bytes: number) => void) | undefined,
): AsyncGenerator<Buffer> {
  let bytes = start;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    yield chunk;
    bytes += chunk.length;
    onProgress?.(bytes);
  }
}
