import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { File } from "@google-cloud/storage";
import { DeadlineExceededError, cloudFailure, isStatus, withDeadline } from "./cloud-failure.ts";
import { storedObjectFrom } from "./cloud-resource.ts";
import { type BodyFault, summed } from "./body.ts";
import { Crc32c, crc32cOf } from "./crc32c.ts";
import {
  ObjectDamagedError,
  OutcomeUnknownError,
  StoreUnavailableError,
  type StoredObject,
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
  body: Uint8Array | Readable,
  deadlineMilliseconds: number,
  { contentType, ifGeneration }: UploadOptions,
): Promise<StoredObject> {
  const checksum = new Crc32c();
  const bodyFault: BodyFault = {};
  const upload = file.createWriteStream({
    resumable: false,
    // The sum is ours: the library's is slower, and on a mismatch it deletes the object whoever wrote it.
    validation: false,
    metadata: {
      contentType,
      // What is known beforehand is checked by the store before it keeps anything.
      ...(body instanceof Uint8Array && { crc32c: crc32cOf(body) }),
    },
    ...(ifGeneration !== undefined && { preconditionOpts: { ifGenerationMatch: ifGeneration } }),
  });
  const source = body instanceof Readable ? body : Readable.from(body.length === 0 ? [] : [body]);
  const abort = new AbortController();
  const sending = pipeline(
    source,
    (chunks: AsyncIterable<unknown>) => summed(chunks, checksum, bodyFault),
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
  const object = storedObjectFrom(file.metadata, file.name);
  if (object.crc32c === checksum.base64()) return object;
  await file.delete({ ifGenerationMatch: object.generation });
  throw new ObjectDamagedError(file.name, "arrived with another checksum than it was sent with");
}
