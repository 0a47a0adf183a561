import { cancelUpload, completeUpload, openUpload, readPhoto, readUploadOffset } from "../api/client.ts";
import { RefusedError, readFailure } from "../api/failure.ts";
import type { OpenUploadJson } from "../api/upload-json.ts";
import { sha256Of } from "./file-sum.ts";
import { isSameOrigin, sendBytes } from "./send-bytes.ts";
import type { SendOptions, SentPhoto } from "./upload-queue.ts";

/** A session that the store has forgotten is begun anew so often. */
const rounds = 3;

/**
 * Uploads one file in parts to the address that the service opens for it: in the cloud straight to the store. What
 * has arrived is asked of the service, so that an attempt goes on where one before it was interrupted.
 *
 * @throws SignedOutError, UnreachableError, RefusedError; an AbortError once the signal is given
 */
export async function sendInParts(file: File, options: SendOptions): Promise<SentPhoto> {
  const sha256 = await sha256Of(file, options.signal);
  for (let round = 1; ; round += 1) {
    const idempotencyKey = round === 1 ? options.idempotencyKey : `${options.idempotencyKey}-${round}`;
    options.signal.throwIfAborted();
    const opened = await openUpload({ file, sha256, idempotencyKey });
    if (opened.photo_id !== null) return { photo: await readPhoto(opened.photo_id), isNew: false };
    try {
      if (await sendRest(file, opened, options)) return await completeUpload(opened.id);
    } catch (error) {
      // Nobody waits for its answer: what it would free is free tomorrow at the latest.
      if (options.signal.aborted) void cancelUpload(opened.id).catch(() => {});
      throw error;
    }
    await cancelUpload(opened.id);
    if (round === rounds) throw new RefusedError(410, "This upload was interrupted too often.", {});
  }
}

/** @returns false where the session is gone and the upload must begin anew */
async function sendRest(file: File, opened: OpenUploadJson, options: SendOptions): Promise<boolean> {
  const { id, address, chunk_bytes: chunkBytes } = opened;
  let offset = opened.offset;
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
    if (status === 404 || status === 410) return false;
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
