import { noteSeen, requestHeaders } from "../api/client.ts";
import { RefusedError, readFailure } from "../api/failure.ts";
import { isPhoto } from "../api/photo-json.ts";
import { sendBytes } from "./send-bytes.ts";
import { type PartsService, sendInParts } from "./send-in-parts.ts";
import type { SendOptions, SentPhoto } from "./upload-queue.ts";

/** Larger ones go in parts, straight to the store: when the line breaks only the last part is sent again. */
const mostBytesAtOnce = 8 * 1024 * 1024;

/**
 * Uploads one file. The same key again goes on where an attempt before was interrupted.
 *
 * @throws SignedOutError, UnreachableError, RefusedError; an AbortError once the signal is given
 */
export async function sendFile(file: File, options: SendOptions, service: PartsService): Promise<SentPhoto> {
  if (file.size > mostBytesAtOnce) return await sendInParts(file, options, service);
  const sent = await options.repeat(() => sendAtOnce(file, options).catch(noneIfTooSlow));
  if (sent !== undefined) return sent;
  // Parts hold no room that others wait for. Another request, so another key.
  const idempotencyKey = `${options.idempotencyKey}-parts`;
  return await sendInParts(file, { ...options, idempotencyKey }, service);
}

function noneIfTooSlow(error: unknown): undefined {
  if (error instanceof RefusedError && error.code === "file-too-slow") return undefined;
  throw error;
}

async function sendAtOnce(
  file: File,
  { idempotencyKey, onProgress, signal }: SendOptions,
): Promise<SentPhoto> {
  const form = new FormData();
  form.append("file", file, file.name);
  const { status, text, retryAfter, seen } = await sendBytes({
    method: "POST",
    address: "/v1/photos",
    headers: { ...requestHeaders, "idempotency-key": idempotencyKey },
    body: form,
    onProgress,
    signal,
  });
  noteSeen(seen);
  if (status < 200 || status > 299) throw readFailure(status, text, retryAfter);
  const photo: unknown = JSON.parse(text);
  if (!isPhoto(photo)) throw new TypeError("the answer to an upload is no photo");
  return { photo, isNew: status === 201 || status === 202 };
}
