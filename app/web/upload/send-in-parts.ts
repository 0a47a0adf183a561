import { cancelUpload, completeUpload, openUpload, readPhoto, readUploadOffset } from "../api/client.ts";
import { RefusedError, readFailure } from "../api/failure.ts";
import type { OpenUploadJson } from "../api/upload-json.ts";
import { sha256Of } from "./file-sum.ts";
import { isSameOrigin, sendBytes } from "./send-bytes.ts";
import type { HeldKey, KeptKeys } from "./kept-keys.ts";
import type { SendOptions, SentPhoto } from "./upload-queue.ts";

export interface PartsService {
  readonly keys: Pick<KeptKeys, "hold" | "giveUp">;
  /** Of who is signed in. @throws SignedOutError, UnreachableError */
  readonly personId: () => Promise<string>;
}

/** One upload, and the place that the service keeps for it. */
interface Begun {
  readonly key: HeldKey;
  /** Undefined until it is opened. */
  id: string | undefined;
}

/** A session that is gone is begun anew so often. */
const rounds = 3;

/**
 * Uploads one file in parts to the address that the service opens for it: in the cloud straight to the store. What
 * has arrived is asked of the service, so that an attempt goes on where one before it was interrupted, before a reload
 * of the page as well. Once the signal is given, after a failure too, nothing is left to go on with.
 *
 * @throws SignedOutError, UnreachableError, RefusedError; an AbortError once the signal is given
 */
export async function sendInParts(
  file: File,
  options: SendOptions,
  service: PartsService,
): Promise<SentPhoto> {
  const { idempotencyKey, repeat, signal } = options;
  const sha256 = await sha256Of(file, signal);
  const personId = await repeat(() => service.personId());
  const identity = { personId, filename: file.name, contentType: file.type, sha256 };
  // Between two attempts as well: it is under way, and nobody else's to go on with.
  return await service.keys.hold(identity, idempotencyKey, async (key) => {
    const begun: Begun = { key, id: undefined };
    try {
      return await repeat(() => sendAnew(file, sha256, begun, options));
    } catch (error) {
      if (signal.aborted) {
        void cancel(file, sha256, begun);
        key.forget();
      } else {
        const giveUp = async () => {
          if (await service.keys.giveUp(identity, key.value)) await cancel(file, sha256, begun);
        };
        signal.addEventListener("abort", () => void giveUp(), { once: true });
      }
      throw error;
    }
  });
}

/** Nobody waits for it: what it would free is free tomorrow at the latest. */
async function cancel(file: File, sha256: string, { key, id }: Begun): Promise<void> {
  try {
    if (id !== undefined) await cancelUpload(id);
    else if (key.isTakenUp) {
      // Only by opening it is it known which one it is.
      const opened = await openUpload({ file, sha256, idempotencyKey: key.value });
      if (opened.photo_id === null) await cancelUpload(opened.id);
    }
  } catch {
    return;
  }
}

async function sendAnew(file: File, sha256: string, begun: Begun, options: SendOptions): Promise<SentPhoto> {
  for (let round = 1; round <= rounds; round += 1) {
    const photo = await sendOnce(file, sha256, begun, options);
    if (photo !== undefined) return photo;
    begun.key.replace();
    begun.id = undefined;
  }
  throw new RefusedError(410, "This upload was interrupted too often.", {});
}

/** @returns undefined where nothing is left of what was sent under this key, and the upload must begin anew */
async function sendOnce(
  file: File,
  sha256: string,
  begun: Begun,
  options: SendOptions,
): Promise<SentPhoto | undefined> {
  const { key } = begun;
  options.signal.throwIfAborted();
  const opened = await openUpload({ file, sha256, idempotencyKey: key.value }).catch((error: unknown) => {
    // What was begun under a kept key may have been given up since, here or by the service.
    if (error instanceof RefusedError && error.code === "upload-not-found") return undefined;
    if (isRefusedAtOpening(error)) key.forget();
    throw error;
  });
  if (opened === undefined) return undefined;
  if (opened.photo_id !== null) {
    key.forget();
    return { photo: await readPhoto(opened.photo_id), isNew: false };
  }
  begun.id = opened.id;
  try {
    if (await sendRest(file, opened, options)) {
      const sent = await completeUpload(opened.id);
      key.forget();
      return sent;
    }
  } catch (error) {
    if (isRefusedForGood(error)) {
      key.forget();
      begun.id = undefined;
    }
    throw error;
  }
  await cancelUpload(opened.id);
  return undefined;
}

/** The service has thrown away what arrived: it is no picture, or another file than was declared. */
function isRefusedForGood(error: unknown): boolean {
  return error instanceof RefusedError && (error.status === 415 || error.status === 422);
}

/** No place was made for it, and none will be for the same request: there is nothing to go on with. */
function isRefusedAtOpening(error: unknown): boolean {
  return error instanceof RefusedError && !error.isPassing && error.status < 500;
}

/** @returns false where the session is gone and the upload must begin anew */
async function sendRest(file: File, opened: OpenUploadJson, options: SendOptions): Promise<boolean> {
  const { id, address, chunk_bytes: chunkBytes } = opened;
  let offset = opened.offset;
  options.onProgress(offset / file.size);
  while (offset < file.size) {
    const first = offset;
    const end = Math.min(first + chunkBytes, file.size);
    const { status, text, retryAfter } = await sendBytes({
      method: "PUT",
      address,
      headers: { ...opened.headers, "content-range": `bytes ${first}-${end - 1}/${file.size}` },
      body: file.slice(first, end),
      onProgress: (fraction) => options.onProgress((first + (end - first) * fraction) / file.size),
      signal: options.signal,
    });
    if (status === 200 || status === 201) return true;
    // 410, later 404: the session is gone. 499: it was cancelled.
    if ([404, 410, 499].includes(status)) return false;
    if (status !== 308) {
      // The store knows of no signing in: a refusal of its own is no end of the session.
      throw isSameOrigin(address) || status >= 429
        ? readFailure(status, text, retryAfter)
        : new RefusedError(502, "The store did not take this part.", {});
    }
    const arrived = await readUploadOffset(id);
    if (arrived === null) return false;
    offset = arrived;
  }
  return true;
}
