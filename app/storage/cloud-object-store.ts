import { Readable } from "node:stream";
import type { Bucket, File } from "@google-cloud/storage";
import { type CloudBucketOptions, connectBucket, patiently } from "./cloud-bucket.ts";
import { rewriteObject } from "./cloud-copy.ts";
import { CloudDownload } from "./cloud-download.ts";
import { withDeadline } from "../deadline.ts";
import { isStatus } from "./cloud-failure.ts";
import { uploadOnce } from "./cloud-upload.ts";
import { storedObjectFrom } from "./cloud-resource.ts";
import { copyThrough } from "./copy-through.ts";
import { checkObjectName, checkObjectPrefix } from "./object-name.ts";
import {
  type Body,
  type ByteRange,
  type CopyOptions,
  type CopySource,
  type CopyingStore,
  type KeepingStore,
  type ListOptions,
  ObjectExistsError,
  PreconditionFailedError,
  type PutOptions,
  type StoredObject,
} from "./object-store.ts";

export interface CloudObjectStoreOptions extends CloudBucketOptions {
  readonly deadlines?: Partial<CloudDeadlines>;
  /** Objects in one answer to `list`; more are asked for as they are wanted. @default 1,000, the most there are */
  readonly listPageSize?: number;
}

export interface CloudDeadlines {
  /** For a request without content, and added to the time that content takes. @default 10,000 */
  readonly requestMilliseconds: number;
  /** How slow a transfer may be. @default 256 KiB */
  readonly bytesPerSecond: number;
  /** For content whose length is not known beforehand. @default 300,000 */
  readonly streamMilliseconds: number;
}

const defaultDeadlines: CloudDeadlines = {
  requestMilliseconds: 10_000,
  bytesPerSecond: 256 * 1024,
  streamMilliseconds: 300_000,
};

/**
 * Objects in a bucket of Cloud Storage, through Google's library with its retries off: they would turn our own
 * success into a failed precondition. A put is one request; one that is not answered in time, or with a 5xx, is an
 * OutcomeUnknownError. The library is loaded with the first request (it takes 170 ms).
 *
 * `new CloudObjectStore({ bucket: "imgstream-dev-records" })`
 */
export class CloudObjectStore implements CopyingStore, KeepingStore {
  readonly #options: CloudObjectStoreOptions;
  readonly #deadlines: CloudDeadlines;
  #connected: Promise<Bucket> | undefined;

  constructor(options: CloudObjectStoreOptions) {
    this.#options = options;
    this.#deadlines = { ...defaultDeadlines, ...options.deadlines };
  }

  async put(name: string, body: Body, options: PutOptions = {}): Promise<StoredObject> {
    checkObjectName(name);
    const { ifAbsent, ifGeneration } = options;
    if (ifAbsent && ifGeneration !== undefined) {
      throw new TypeError(`put of '${name}': give 'ifAbsent' or 'ifGeneration', not both`);
    }
    const bucket = await this.#bucket();
    const deadline =
      body instanceof Readable
        ? this.#deadlines.streamMilliseconds
        : this.#transferMilliseconds(body instanceof Uint8Array ? body.length : body.sizeBytes);
    try {
      return await uploadOnce(bucket.file(name), body, deadline, {
        contentType: options.contentType ?? "application/octet-stream",
        ...(ifAbsent && { ifGeneration: 0 }),
        ...(ifGeneration !== undefined && { ifGeneration }),
      });
    } catch (error) {
      if (isStatus(error, 412)) {
        throw ifAbsent
          ? new ObjectExistsError(name, { cause: error })
          : new PreconditionFailedError(name, { cause: error });
      }
      throw error;
    }
  }

  async copy(source: CopySource, name: string, options: CopyOptions = {}): Promise<StoredObject> {
    checkObjectName(name);
    const { store, object } = source;
    if (!(store instanceof CloudObjectStore) || store.#options.apiEndpoint !== this.#options.apiEndpoint) {
      return await copyThrough(this, source, name, options);
    }
    return await rewriteObject({
      source: (await store.#bucket()).file(object.name),
      object,
      target: (await this.#bucket()).file(name),
      contentType: options.contentType ?? object.contentType,
      deadlineMilliseconds: this.#transferMilliseconds(object.sizeBytes),
      statTarget: () => this.stat(name),
    });
  }

  async read(
    name: string,
  ): Promise<{ readonly bytes: Uint8Array; readonly object: StoredObject } | undefined> {
    checkObjectName(name);
    return await patiently(name, async () => {
      const file = (await this.#bucket()).file(name);
      const download = await CloudDownload.start(file, undefined, this.#deadlines.requestMilliseconds);
      if (download === undefined) return undefined;
      const { object } = download;
      return { bytes: await download.bytes(this.#transferMilliseconds(object.sizeBytes)), object };
    });
  }

  async openRead(
    name: string,
    range?: ByteRange,
  ): Promise<{ readonly stream: Readable; readonly object: StoredObject } | undefined> {
    checkObjectName(name);
    return await patiently(name, async () => {
      const file = (await this.#bucket()).file(name);
      try {
        const download = await CloudDownload.start(file, range, this.#deadlines.requestMilliseconds);
        return download && { stream: download.stream(), object: download.object };
      } catch (error) {
        if (!isStatus(error, 416)) throw error;
        const object = await this.stat(name);
        return object && { stream: Readable.from([]), object };
      }
    });
  }

  async stat(name: string): Promise<StoredObject | undefined> {
    checkObjectName(name);
    return await patiently(name, async () => {
      const file = (await this.#bucket()).file(name);
      try {
        const [resource] = await withDeadline(file.getMetadata(), this.#deadlines.requestMilliseconds);
        return storedObjectFrom(resource, name);
      } catch (error) {
        if (isStatus(error, 404)) return undefined;
        throw error;
      }
    });
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncIterable<StoredObject> {
    checkObjectPrefix(prefix);
    const { startAfter, limit = Number.POSITIVE_INFINITY } = options;
    let left = limit;
    if (left <= 0) return;
    // One more, for the name after which to start is left out here.
    const query = { most: () => left + 1, ...(startAfter !== undefined && { startOffset: startAfter }) };
    for await (const { metadata, name } of this.#files(prefix, query)) {
      if (name === startAfter) continue;
      yield storedObjectFrom(metadata, name);
      if (--left <= 0) return;
    }
  }

  async *listDeleted(
    prefix: string,
    startAfter: string,
  ): AsyncIterable<{ readonly name: string; readonly generation: string }> {
    checkObjectPrefix(prefix);
    let last: { readonly name: string; readonly generation: string } | undefined;
    let isLive = true;
    // By name, and ascending by generation: the last one of a name says what became of it.
    for await (const file of this.#files(prefix, { startOffset: startAfter, versions: true })) {
      if (file.name === startAfter) continue;
      if (last !== undefined && last.name !== file.name && !isLive) yield last;
      const { generation } = storedObjectFrom(file.metadata, file.name);
      last = { name: file.name, generation };
      isLive = file.metadata.timeDeleted === undefined;
    }
    if (last !== undefined && !isLive) yield last;
  }

  async *#files(
    prefix: string,
    { most = () => Number.POSITIVE_INFINITY, ...query }: ListingQuery,
  ): AsyncIterable<File> {
    const { listPageSize = 1000 } = this.#options;
    let pageToken: string | undefined;
    do {
      const [files, next] = await patiently(prefix, async () => {
        const listing = (await this.#bucket()).getFiles({
          prefix,
          autoPaginate: false,
          maxResults: Math.min(listPageSize, most()),
          ...query,
          ...(pageToken !== undefined && { pageToken }),
        });
        return await withDeadline(listing, this.#deadlines.requestMilliseconds);
      });
      yield* files;
      pageToken = tokenOf(next);
    } while (pageToken !== undefined);
  }

  async delete(name: string, options: { readonly ifGeneration?: string } = {}): Promise<void> {
    checkObjectName(name);
    const { ifGeneration } = options;
    await patiently(name, async () => {
      const file = (await this.#bucket()).file(name);
      const query = ifGeneration === undefined ? {} : { ifGenerationMatch: ifGeneration };
      try {
        await withDeadline(file.delete(query), this.#deadlines.requestMilliseconds);
      } catch (error) {
        if (isStatus(error, 404)) return;
        if (!isStatus(error, 412)) throw error;
        // Also said of one that is gone, by our own request whose answer was lost perhaps.
        if (await this.stat(name)) throw new PreconditionFailedError(name, { cause: error });
      }
    });
  }

  async #bucket(): Promise<Bucket> {
    this.#connected ??= connectBucket(this.#options);
    try {
      return await this.#connected;
    } catch (error) {
      this.#connected = undefined;
      throw error;
    }
  }

  #transferMilliseconds(bytes: number): number {
    return this.#deadlines.requestMilliseconds + (bytes / this.#deadlines.bytesPerSecond) * 1000;
  }
}

interface ListingQuery {
  readonly startOffset?: string;
  readonly versions?: boolean;
  /** Asked before each page: so many are still wanted. @default all */
  readonly most?: () => number;
}

function tokenOf(nextQuery: unknown): string | undefined {
  if (typeof nextQuery !== "object" || nextQuery === null || !("pageToken" in nextQuery)) return undefined;
  return typeof nextQuery.pageToken === "string" ? nextQuery.pageToken : undefined;
}
