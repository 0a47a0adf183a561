import { cancelUpload, completeUpload, openUpload, readPhoto, readUploadOffset } from "../api/client.ts";
import { RefusedError, readFailure } from "../api/failure.ts";
import type { OpenUploadJson } from "../api/upload-json.ts";
import { sha256Of } from "./file-sum.ts";
import { isSameOrigin, sendBytes } from "./send-bytes.ts";
import type { HeldKey, KeptKeys } from "./kept-keys.ts";
import type { SendOptions, SentPhoto } from "./upload-queue.ts";

export interface PartsService {
  readonly keys: Pick<KeptKeys, "hold">;
  /** Of who is signed in. @throws SignedOutError, UnreachableError */
  readonly personId: () => Promise<string>;
}

/** A session that is gone is begun anew so often. */
const rounds = 3;

/**
 * Uploads one file in parts to the address that the service opens for it: in the cloud straight to the store. What
 * has arrived is asked of the service, so that an attempt goes on where one before it was interrupted, before a reload
 * of the page as well.
 *
 * @throws SignedOutError, UnreachableError, RefusedError; an AbortError once the signal is given
 */
export async function sendInParts(
  file: File,
  options: SendOptions,
  service: PartsService,
): Promise<SentPhoto> {
  const sha256 = await sha256Of(file, options.signal);
  const identity = {
    personId: await service.personId(),
    filename: file.name,
    contentType: file.type,
    sha256,
  };
  return await service.keys.hold(identity, options.idempotencyKey, async (key) => {
    for (let round = 1; round <= rounds; round += 1) {
      const photo = await sendOnce(file, sha256, key, options);
      if (photo !== undefined) return photo;
      key.replace();
    }
    throw new RefusedError(410, "This upload was interrupted too often.", {});
  });
}

/** @returns undefined where nothing is left of what was sent under this key, and the upload must begin anew */
async function sendOnce(
  file: File,
  sha256: string,
  key: HeldKey,
  options: SendOptions,
): Promise<SentPhoto | undefined> {
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
  try {
    if (await sendRest(file, opened, options)) {
      const sent = await completeUpload(opened.id);
      key.forget();
      return sent;
    }
  } catch (error) {
    if (options.signal.aborted) {
      key.forget();
      // Nobody waits for its answer: what it would free is free tomorrow at the latest.
      void cancelUpload(opened.id).catch(() => {});
    } else if (isRefusedForGood(error)) key.forget();
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
