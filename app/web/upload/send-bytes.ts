import { UnreachableError } from "../api/failure.ts";
import { seenHeader } from "../api/seen-catalog.ts";

export interface BytesToSend {
  readonly method: "POST" | "PUT";
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Blob | FormData;
  /** Told 0 to 1, as far as the browser knows. */
  readonly onProgress: (fraction: number) => void;
  readonly signal: AbortSignal;
}

export interface BytesReply {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | null;
  /** What the service says that the person's catalog has seen; null where another origin answers. */
  readonly seen: string | null;
}

/**
 * Sends bytes and resolves to the answer, whatever its status. XMLHttpRequest, because `fetch` does not tell how far
 * an upload is.
 *
 * @throws UnreachableError without an answer; an AbortError once the signal is given
 */
export function sendBytes({
  method,
  address,
  headers,
  body,
  onProgress,
  signal,
}: BytesToSend): Promise<BytesReply> {
  return new Promise((resolve, reject) => {
    const cancelled = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
    if (signal.aborted) return cancelled();
    const request = new XMLHttpRequest();
    request.open(method, address);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
      if (lengthComputable && total > 0) onProgress(loaded / total);
    });
    request.upload.addEventListener("load", () => onProgress(1));
    const header = (name: string) => (isSameOrigin(address) ? request.getResponseHeader(name) : null);
    request.addEventListener("load", () =>
      resolve({
        status: request.status,
        text: request.responseText,
        retryAfter: header("retry-after"),
        seen: header(seenHeader),
      }),
    );
    request.addEventListener("error", () => reject(new UnreachableError()));
    request.addEventListener("abort", cancelled);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });
}

/** Of another origin only a few headers may be read, and the browser complains of the others. */
export function isSameOrigin(address: string): boolean {
  return new URL(address, location.href).origin === location.origin;
}
