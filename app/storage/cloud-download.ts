import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { File } from "@google-cloud/storage";
import { sendAs } from "./cloud-bucket.ts";
import { withDeadline } from "../deadline.ts";
import { storedObjectFrom } from "./cloud-resource.ts";
import { crc32cOf } from "./crc32c.ts";
import type { ByteRange, StoredObject } from "./object-store.ts";
import { verifying, wrongChecksum } from "./verifying-stream.ts";

/** An answer of another status than those that carry content. */
export class CloudAnswerError extends Error {
  readonly code: number;

  constructor(status: number, text: string) {
    super(`the store answered ${status}: ${text.slice(0, 500)}`);
    this.code = status;
  }
}

/**
 * One request for content. Not by the library's own stream: when a reader goes away early, that destroys the
 * connections of every other request of the process, puts included (`request.agent.destroy()` in its file.js).
 */
export class CloudDownload {
  readonly object: StoredObject;
  readonly #body: Readable;
  readonly #isWhole: boolean;

  private constructor(object: StoredObject, body: Readable, isWhole: boolean) {
    this.object = object;
    this.#body = body;
    this.#isWhole = isWhole;
  }

  /** Resolves when content begins to arrive; undefined where there is no such object. */
  static async start(
    file: File,
    range: ByteRange | undefined,
    deadlineMilliseconds: number,
  ): Promise<CloudDownload | undefined> {
    const abort = new AbortController();
    const answering = ask(file, range, abort.signal);
    const answer = await withDeadline(answering, deadlineMilliseconds, () => abort.abort());
    if (answer.status === 404) {
      await answer.body?.cancel();
      return undefined;
    }
    if (answer.status !== 200 && answer.status !== 206) {
      const text = await withDeadline(answer.text(), deadlineMilliseconds, () => abort.abort());
      throw new CloudAnswerError(answer.status, text);
    }
    const object = storedObjectFrom(resourceFrom(answer), file.name);
    return new CloudDownload(object, readable(answer), range === undefined);
  }

  /** @throws ObjectDamagedError, DeadlineExceededError */
  async bytes(deadlineMilliseconds: number): Promise<Uint8Array> {
    const bytes = await withDeadline(buffer(this.#body), deadlineMilliseconds, () => this.#body.destroy());
    if (crc32cOf(bytes) !== this.object.crc32c) throw wrongChecksum(this.object.name);
    return bytes;
  }

  stream(): Readable {
    return this.#isWhole ? verifying(this.#body, this.object) : this.#body;
  }
}

async function ask(file: File, range: ByteRange | undefined, signal: AbortSignal): Promise<Response> {
  const path = `storage/v1/b/${file.bucket.name}/o/${encodeURIComponent(file.name)}?alt=media`;
  const headers = {
    "accept-encoding": "identity",
    ...(range !== undefined && { range: `bytes=${range.first}-${range.last ?? ""}` }),
  };
  return await sendAs(file.storage, path, { headers, signal });
}

function readable(answer: Response): Readable {
  if (answer.body === null) return Readable.from([]);
  return Readable.fromWeb(answer.body);
}

/** https://cloud.google.com/storage/docs/xml-api/reference-headers; the JSON API sends them as well. */
function resourceFrom({ headers, status }: Response) {
  const whole =
    headers.get("x-goog-stored-content-length") ?? (status === 200 ? headers.get("content-length") : null);
  return {
    size: whole ?? /\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1],
    contentType: headers.get("content-type") ?? undefined,
    generation: headers.get("x-goog-generation") ?? undefined,
    crc32c: /(?:^|[,\s])crc32c=([A-Za-z0-9+/=]+)/.exec(headers.get("x-goog-hash") ?? "")?.[1],
  };
}
