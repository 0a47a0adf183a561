import type { Catalog } from "../catalog/catalog.ts";
import { AccountClosedError, PhotoNotFoundError } from "../catalog/person/errors.ts";
import type { Photo } from "../catalog/photo.ts";
import { IdempotencyKeyReusedError } from "../catalog/protocol/errors.ts";
import type { OwnKey } from "../own-key.ts";
import { derivation } from "../pictures/derivation.ts";
import {
  PictureTooSlowError,
  TooManyPixelsError,
  UnreadablePictureError,
  UnsupportedPictureError,
} from "../pictures/errors.ts";
import type { Picture, Pictures } from "../pictures/pictures.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import type { Inbox } from "./inbox.ts";
import type { ProcessingQueue, ProcessingRequest } from "./processing-queue.ts";
import { newPhotoObjects, storeDerivatives } from "./store-photo.ts";

export interface ProcessingDependencies {
  readonly catalog: Catalog;
  readonly media: ObjectStore;
  readonly pictures: Pictures;
  readonly processing: ProcessingQueue;
  readonly inbox: Inbox;
}

export type ProcessingOutcome =
  /** The photo has its pictures now. */
  | "derived"
  /** They cannot be made; the photo says why. */
  | "failed"
  /** Nothing to do: it had them, or is gone. */
  | "settled"
  /** The photo is not recorded yet, or never will be. */
  | "unknown";

/**
 * Makes the pictures of a photo that is `processing`. However often and by however many at once, the outcome is
 * the same.
 *
 * @throws whatever passes (a store that does not answer, no room): to be tried again
 */
export async function finishProcessing(
  dependencies: ProcessingDependencies,
  request: ProcessingRequest,
): Promise<ProcessingOutcome> {
  const { catalog, processing } = dependencies;
  let outcome: ProcessingOutcome;
  try {
    const photo = await catalog.photo(request.userId, request.photoId);
    if (photo === undefined) return "unknown";
    outcome = photo.state === "processing" ? await process(dependencies, photo) : "settled";
  } catch (error) {
    // Nobody sees its photos any more, with pictures or without.
    if (!(error instanceof AccountClosedError)) throw error;
    outcome = "settled";
  }
  await processing.remove(request);
  return outcome;
}

async function process(dependencies: ProcessingDependencies, photo: Photo): Promise<ProcessingOutcome> {
  const { catalog } = dependencies;
  // Fixed: a photo waits for its pictures once only.
  const idempotencyKey: OwnKey = `process ${photo.id} by ${derivation}`;
  try {
    const derivatives = await deriveAnew(dependencies, photo);
    const command = { kind: "record-derivatives", photoId: photo.id, derivatives } as const;
    await catalog.execute(photo.userId, command, { idempotencyKey });
    return "derived";
  } catch (error) {
    // Somebody else was at it too, or the photo was deleted meanwhile.
    if (error instanceof IdempotencyKeyReusedError || error instanceof PhotoNotFoundError) return "settled";
    if (!isFaultOfFile(error)) throw error;
    const command = { kind: "fail-processing", photoId: photo.id, reason: error.message } as const;
    await catalog.execute(photo.userId, command, { idempotencyKey: `fail ${idempotencyKey}` });
    return "failed";
  }
}

/** Makes and stores a recorded photo's derivatives by today's procedure. */
export async function deriveAnew(dependencies: Omit<ProcessingDependencies, "processing">, photo: Photo) {
  const { media, pictures, inbox } = dependencies;
  const fetched = await inbox.fetch(media, photo.storagePath);
  if (fetched === undefined) throw new UnreadablePictureError("its original is not in the store");
  const { file } = fetched;
  try {
    const picture: Picture = await pictures.inspect(file.path);
    const { memory } = file;
    if (!pictures.canDerive(picture, memory)) {
      throw new UnsupportedPictureError(
        `${picture.format.toUpperCase()} of ${picture.width} × ${picture.height} pixels`,
        "Decoding it takes more memory than there is. The original is kept; send a smaller one beside it.",
      );
    }
    memory.promiseLess(picture.decodeBytes);
    const { derivatives, warning } = await pictures.derive(file.path, picture, { memory });
    const objects = newPhotoObjects(photo.userId, photo.id, picture);
    await storeDerivatives(media, objects, derivatives);
    const { previewPath, thumbnailPath } = objects;
    const { width, height } = picture;
    return {
      previewPath,
      thumbnailPath,
      thumbhash: derivatives.thumbhash,
      derivation,
      width,
      height,
      warning,
    };
  } finally {
    await file.discard();
  }
}

function isFaultOfFile(error: unknown): error is Error {
  return [UnreadablePictureError, UnsupportedPictureError, TooManyPixelsError, PictureTooSlowError].some(
    (fault) => error instanceof fault,
  );
}
