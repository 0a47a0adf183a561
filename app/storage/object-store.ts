import type { Readable } from "node:stream";
import { InvalidObjectNameError } from "./object-name.ts";

/**
 * The slice of an object store that the app uses; one folder or one bucket. Names are relative, with `/`
 * between parts (rules: object-name.ts; every method refuses another name with InvalidObjectNameError).
 * Objects are whole or absent: a reader never sees half of one.
 */
export interface ObjectStore {
  /**
   * Stores an object, durable once the promise resolves.
   *
   * @throws ObjectExistsError when `ifAbsent` is set and the name is taken; nothing is changed then.
   * @throws PreconditionFailedError when `ifGeneration` is given and another generation, or none, is stored.
   * @throws OutcomeUnknownError when the store did not answer: the object may or may not be there.
   * @throws StoreUnavailableError when the store refused: nothing is changed. Every method may throw it.
   */
  put(name: string, body: Body, options?: PutOptions): Promise<StoredObject>;

  /**
   * The whole object, or undefined where there is none.
   *
   * @throws ObjectDamagedError when the bytes are not the ones that were stored, by their checksum.
   */
  read(name: string): Promise<{ readonly bytes: Uint8Array; readonly object: StoredObject } | undefined>;

  /**
   * A stream of the object, or of the given bytes of it (both ends included; what lies beyond the end is left
   * out), or undefined where there is none. A stream of the whole fails at its end if the checksum is wrong.
   */
  openRead(
    name: string,
    range?: ByteRange,
  ): Promise<{ readonly stream: Readable; readonly object: StoredObject } | undefined>;

  stat(name: string): Promise<StoredObject | undefined>;

  /** Names and sizes under the prefix in ascending order of their UTF-8 bytes, after `startAfter` (exclusive). */
  list(prefix: string, options?: ListOptions): AsyncIterable<StoredObject>;

  /**
   * Removes an object; absent already is no error.
   *
   * @throws PreconditionFailedError when `ifGeneration` is given and another generation is stored.
   */
  delete(name: string, options?: { readonly ifGeneration?: string }): Promise<void>;
}

/** A store that can be given what another one holds. */
export interface CopyingStore extends ObjectStore {
  /**
   * Stores a copy under a name that is free, durable once the promise resolves. Between stores of one kind the bytes do
   * not pass through this process.
   *
   * @throws ObjectExistsError when the name is taken; nothing is changed then.
   * @throws PreconditionFailedError, with the source's name, when another generation, or none, is stored there.
   * @throws OutcomeUnknownError when the store did not answer: the copy may be there, and no part of it.
   */
  copy(source: CopySource, name: string, options?: CopyOptions): Promise<StoredObject>;
}

/** A store that keeps what is deleted for a time. */
export interface KeepingStore extends ObjectStore {
  /**
   * Under the prefix and after the name, in ascending order: what was deleted and not stored again, by the newest version
   * that is kept. What the store was told to forget since is left out.
   */
  listDeleted(
    prefix: string,
    startAfter: string,
  ): AsyncIterable<{ readonly name: string; readonly generation: string }>;
}

export function keepsDeleted(store: ObjectStore): store is KeepingStore {
  return "listDeleted" in store && typeof store.listDeleted === "function";
}

export type Body = Uint8Array | Readable | LocalFile;

/** A whole file of this machine, which nobody changes any more; its name may go at any time after the put. */
export interface LocalFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** CRC-32C of its content, base64 of four big-endian bytes. */
  readonly crc32c: string;
}

/** Of a local file at once: sixteen times fewer turns than by Node's usual chunks. */
export const readBytes = 1_048_576;

export interface PutOptions {
  /** @default "application/octet-stream" */
  readonly contentType?: string;
  /** Create only: refuse when the name is taken. Cloud Storage calls it `ifGenerationMatch=0`. @default false */
  readonly ifAbsent?: boolean;
  /** Replace only this generation. Not together with `ifAbsent`. */
  readonly ifGeneration?: string;
}

/** What is copied: that generation of it. */
export interface CopySource {
  readonly store: ObjectStore;
  readonly object: StoredObject;
}

export interface CopyOptions {
  /** @default the source's */
  readonly contentType?: string;
}

export interface ByteRange {
  readonly first: number;
  /** Included. @default the object's last byte */
  readonly last?: number;
}

export interface ListOptions {
  readonly startAfter?: string;
  /** @default all */
  readonly limit?: number;
}

export interface StoredObject {
  readonly name: string;
  readonly sizeBytes: number;
  readonly contentType: string;
  /** Changes with every replacement of the object; decimal digits beyond 2^53, hence text. */
  readonly generation: string;
  /** CRC-32C of the content, base64 of four big-endian bytes, as Cloud Storage reports it. */
  readonly crc32c: string;
}

export class ObjectExistsError extends Error {
  readonly code = "object-exists";
  readonly objectName: string;

  constructor(objectName: string, options?: ErrorOptions) {
    super(`object '${objectName}' exists already`, options);
    this.objectName = objectName;
  }
}

export class PreconditionFailedError extends Error {
  readonly code = "precondition-failed";
  readonly objectName: string;

  constructor(objectName: string, options?: ErrorOptions) {
    super(`object '${objectName}' has another generation by now`, options);
    this.objectName = objectName;
  }
}

export class OutcomeUnknownError extends Error {
  readonly code = "outcome-unknown";
  readonly objectName: string;

  constructor(objectName: string, options?: ErrorOptions) {
    super(`the store did not say whether object '${objectName}' was written`, options);
    this.objectName = objectName;
  }
}

/** The store could not be reached or refused; a put that fails with this has changed nothing. */
export class StoreUnavailableError extends Error {
  readonly code = "store-unavailable";
  readonly objectName: string;

  constructor(objectName: string, options?: ErrorOptions) {
    super(`the store did not serve '${objectName}': see the cause; repeat later`, options);
    this.objectName = objectName;
  }
}

/**
 * Whether a put or a copy that failed so has certainly changed nothing. Whatever else it fails with, it may be done: an
 * error that nobody thought of proves nothing.
 */
export function hasChangedNothing(error: unknown): boolean {
  const certain = [StoreUnavailableError, ObjectExistsError, PreconditionFailedError, InvalidObjectNameError];
  return certain.some((kind) => error instanceof kind);
}

export class ObjectDamagedError extends Error {
  readonly code = "object-damaged";
  readonly objectName: string;

  constructor(objectName: string, reason: string, options?: ErrorOptions) {
    super(`object '${objectName}' is damaged: it ${reason}`, options);
    this.objectName = objectName;
  }
}
