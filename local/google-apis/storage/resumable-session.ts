import { randomBytes } from "node:crypto";
import type { ObjectBucket } from "./object-bucket.ts";
import type { Preconditions } from "./preconditions.ts";
import { invalid, StorageError } from "./storage-error.ts";
import type { StoredObject } from "./stored-object.ts";

/** Bytes are kept in multiples of this, but for the last ones of an object. */
export const chunkQuantum = 256 * 1024;

const lifetimeMilliseconds = 7 * 24 * 60 * 60 * 1000;

export interface SessionStart {
  readonly bucket: ObjectBucket;
  readonly name: string;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly preconditions: Preconditions;
  /** Declared by `X-Upload-Content-Length`. */
  readonly totalBytes: number | undefined;
  /** Of the page that will send the bytes; answers to it carry CORS headers for this origin only. */
  readonly origin: string | undefined;
  readonly startedAt: Date;
}

/** What a request's `Content-Range` says. */
export type ContentRange =
  | {
      readonly kind: "chunk";
      readonly first: number;
      readonly last: number;
      readonly total: number | undefined;
    }
  | { readonly kind: "status"; readonly total: number | undefined };

/** @throws StorageError 400 when the header is of no known form. */
export function parseContentRange(header: string): ContentRange {
  const match = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(header);
  if (match === null) throw invalid(`Failed to parse Content-Range header '${header}'.`);
  const total = match[3] === "*" ? undefined : Number(match[3]);
  if (match[1] === undefined) return { kind: "status", total };
  const [first, last] = [Number(match[1]), Number(match[2])];
  if (last < first || (total !== undefined && last >= total))
    throw invalid(`Content-Range header '${header}' has an impossible range.`);
  return { kind: "chunk", first, last, total };
}

/**
 * A resumable upload as Google documents it: https://cloud.google.com/storage/docs/performing-resumable-uploads
 * Asking for the status never finishes an upload; bytes already kept are ignored when sent again; what arrives
 * before a connection is cut is kept down to a multiple of 256 KiB.
 */
export class ResumableSession {
  readonly id = randomBytes(32).toString("base64url");
  readonly start: SessionStart;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #total: number | undefined;
  #outcome: StoredObject | "cancelled" | undefined;

  constructor(start: SessionStart) {
    this.start = start;
    this.#total = start.totalBytes;
  }

  get keptBytes(): number {
    return this.#keptBytes;
  }

  get object(): StoredObject | undefined {
    return typeof this.#outcome === "object" ? this.#outcome : undefined;
  }

  /** @throws StorageError 410 for a session that was cancelled or is older than a week. */
  checkUsable(now: Date): void {
    const isExpired = now.getTime() - this.start.startedAt.getTime() > lifetimeMilliseconds;
    if (this.#outcome === "cancelled" || (isExpired && this.#outcome === undefined))
      throw new StorageError(410, "gone", "Gone", "The upload session is over. Start a new one.");
  }

  cancel(): void {
    if (this.object === undefined) this.#outcome = "cancelled";
    this.#kept = [];
  }

  /** @throws StorageError 400 when another total was declared before. */
  checkTotal(total: number | undefined): void {
    if (total !== undefined && this.#total !== undefined && total !== this.#total)
      throw invalid(`The upload was declared with ${this.#total} bytes, not ${total}.`);
  }

  /**
   * Takes the bytes of one request.
   *
   * @param isWhole false when the connection was cut before all announced bytes came
   * @returns the object when it is complete, else undefined
   * @throws StorageError 400 for a gap or another total, 412 when the object's precondition does not hold (any more)
   */
  append(range: ContentRange & { kind: "chunk" }, bytes: Buffer, isWhole: boolean): StoredObject | undefined {
    if (this.object !== undefined) return this.object;
    this.checkTotal(range.total);
    this.#total = range.total ?? this.#total;
    if (range.first > this.#keptBytes)
      throw invalid(`Expected bytes from offset ${this.#keptBytes}, received ${range.first}.`);
    const fresh = bytes.subarray(this.#keptBytes - range.first);
    const end = this.#keptBytes + fresh.length;
    if (isWhole && this.#total !== undefined && end >= this.#total) {
      this.#keep(fresh);
      return this.#finish();
    }
    this.#keep(fresh.subarray(0, Math.max(0, end - (end % chunkQuantum) - this.#keptBytes)));
    return undefined;
  }

  /** Ends an upload that was sent without `Content-Range`: the body is the whole object. */
  appendWhole(bytes: Buffer): StoredObject {
    if (this.object !== undefined) return this.object;
    this.checkTotal(bytes.length);
    this.#kept = [bytes];
    this.#keptBytes = bytes.length;
    return this.#finish();
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#kept.push(Buffer.from(bytes));
    this.#keptBytes += bytes.length;
  }

  #finish(): StoredObject {
    const { bucket, name, resource, preconditions } = this.start;
    this.#outcome = bucket.insert(name, Buffer.concat(this.#kept), resource, preconditions);
    this.#kept = [];
    return this.#outcome;
  }
}
