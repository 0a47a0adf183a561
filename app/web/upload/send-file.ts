import { requestHeaders } from "../api/client.ts";
import { UnreachableError, readFailure } from "../api/failure.ts";
import { isPhoto } from "../api/photo-json.ts";
import type { SendOptions, SentPhoto } from "./upload-queue.ts";

/**
 * Uploads one file. XMLHttpRequest, because `fetch` does not tell how far an upload is.
 *
 * @throws SignedOutError, UnreachableError, RefusedError; an AbortError once the signal is given
 */
export function sendFile(
  file: File,
  { idempotencyKey, onProgress, signal }: SendOptions,
): Promise<SentPhoto> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/v1/photos");
    for (const [name, value] of Object.entries(requestHeaders)) request.setRequestHeader(name, value);
    request.setRequestHeader("idempotency-key", idempotencyKey);
    request.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
      if (lengthComputable && total > 0) onProgress(loaded / total);
    });
    request.upload.addEventListener("load", () => onProgress(1));
    request.addEventListener("load", () => {
      if (request.status < 200 || request.status > 299) {
        reject(readFailure(request.status, request.responseText, request.getResponseHeader("retry-after")));
        return;
      }
      const photo: unknown = JSON.parse(request.responseText);
      if (isPhoto(photo)) resolve({ photo, isNew: request.status === 201 });
      else reject(new TypeError("the answer to an upload is no photo"));
    });
    request.addEventListener("error", () => reject(new UnreachableError()));
    request.addEventListener("abort", () =>
      reject(new DOMException("The upload was cancelled.", "AbortError")),
    );
    signal.addEventListener("abort", () => request.abort(), { once: true });
    const form = new FormData();
    form.append("file", file, file.name);
    request.send(form);
  });
}
