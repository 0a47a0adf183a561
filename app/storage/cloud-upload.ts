import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { File } from "@google-cloud/storage";
import { DeadlineExceededError, withDeadline } from "../deadline.ts";
import { cloudFailure, isStatus } from "./cloud-failure.ts";
import { storedObjectFrom } from "./cloud-resource.ts";
import { type BodyFault, summed } from "./body.ts";
import { Crc32c, crc32cOf } from "./crc32c.ts";
import {
  type Body,
  ObjectDamagedError,
  OutcomeUnknownError,
  StoreUnavailableError,
  type StoredObject,
  readBytes,
} from "./object-store.ts";

interface UploadOptions {
  readonly contentType: string;
  /** 0: only where there is none. */
  readonly ifGeneration?: string | number;
}

/**
 * One request. A failed precondition (412) is thrown as it came.
 *
 * @throws OutcomeUnknownError, StoreUnavailableError, and what the body's stream fails with
 */
export async function uploadOnce(
  file: File,
  body: Body,
  deadlineMilliseconds: number,
  { contentType, ifGeneration }: UploadOptions,
): Promise<StoredObject> {
  const known = knownSum(body);
  const checksum = new Crc32c();
  const bodyFault: BodyFault = {};
  const upload = file.createWriteStream({
    resumable: false,
    // The sum is ours: the library's is slower, and on a mismatch it deletes the object whoever wrote it.
    validation: false,
    metadata: {
      contentType,
      // What is known beforehand is checked by the store before it keeps anything.
      ...(known !== undefined && { crc32c: known }),
    },
    ...(ifGeneration !== undefined && { preconditionOpts: { ifGenerationMatch: ifGeneration } }),
  });
  const source = sourceOf(body);
  const abort = new AbortController();
  const sending = pipeline(
    source,
    (chunks: AsyncIterable<unknown>) => summed(chunks, known === undefined ? checksum : undefined, bodyFault),
    upload,
    { signal: abort.signal },
  );
  try {
    await withDeadline(sending, deadlineMilliseconds, () => abort.abort());
  } catch (error) {
    if ("error" in bodyFault && !(error instanceof DeadlineExceededError)) throw bodyFault.error;
    if (isStatus(error, 412)) throw error;
    throw cloudFailure(error) === "unknown"
      ? new OutcomeUnknownError(file.name, { cause: error })
      : new StoreUnavailableError(file.name, { cause: error });
  }
  const object = answeredObject(file);
  if (object.crc32c === (known ?? checksum.base64())) return object;
  // The store was told that sum and keeps nothing else: this answer is about something else.
  if (known !== undefined) throw new OutcomeUnknownError(file.name);
  try {
    await file.delete({ ifGenerationMatch: object.generation });
  } catch (error) {
    throw new OutcomeUnknownError(file.name, { cause: error });
  }
  throw new ObjectDamagedError(file.name, "arrived with another checksum than it was sent with");
}

/** @throws OutcomeUnknownError where an answer came that says nothing of it, which somebody on the way may have given */
function answeredObject(file: File): StoredObject {
  try {
    return storedObjectFrom(file.metadata, file.name);
  } catch (error) {
    throw new OutcomeUnknownError(file.name, { cause: error });
  }
}

/** Undefined for a stream, which is summed on its way. */
function knownSum(body: Body): string | undefined {
  if (body instanceof Readable) return undefined;
  return body instanceof Uint8Array ? crc32cOf(body) : body.crc32c;
}

function sourceOf(body: Body): Readable {
  if (body instanceof Readable) return body;
  if (body instanceof Uint8Array) return Readable.from(body.length === 0 ? [] : [body]);
  return createReadStream(body.path, { highWaterMark: readBytes });
}
