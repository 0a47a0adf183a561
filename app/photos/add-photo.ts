import { allEnded } from "../all-ended.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { PhotoExistsError } from "../catalog/person/errors.ts";
import type { Photo } from "../catalog/photo.ts";
import { IdempotencyKeyReusedError, isCertainlyNotMade } from "../catalog/protocol/errors.ts";
import { pictureFormats } from "../pictures/picture-format.ts";
import type { Pictures } from "../pictures/pictures.ts";
import {
  type CopySource,
  type CopyingStore,
  PreconditionFailedError,
  type StoredObject,
} from "../storage/object-store.ts";
import { StoredWrongError } from "./errors.ts";
import type { ReceivedFile } from "./inbox.ts";
import { createPhotoId } from "./photo-id.ts";
import type { PhotoObjects } from "./photo-objects.ts";
import type { ProcessingQueue } from "./processing-queue.ts";
import { type PhotoDescription, describePhoto, newPhotoObjects, storeDerivatives } from "./store-photo.ts";

export interface AddPhotoDependencies {
  readonly catalog: Catalog;
  readonly media: CopyingStore;
  readonly pictures: Pictures;
  readonly processing: ProcessingQueue;
  /** Told what could not be removed again; the reconciler finds it later. */
  readonly reportLeftover: (error: unknown, objectName: string) => void;
}

export interface PhotoUpload extends PhotoDescription {
  readonly userId: string;
  readonly file: ReceivedFile;
  /** Where the same bytes lie in a store: the original is copied from there. @default nowhere: the file is sent */
  readonly arrived?: CopySource;
  readonly idempotencyKey: string;
  /** The upload in parts that this completes. */
  readonly uploadId?: string;
  /** Gives up waiting for a place to decode when aborted. */
  readonly signal?: AbortSignal;
}

export interface AddedPhoto {
  readonly photo: Photo;
  /** False where this content was here before: that photo is returned, in the trash or not. */
  readonly isNew: boolean;
}

/**
 * Makes a received file a photo: reads it, stores derivatives and original, records it last. What this process
 * may not decode is recorded as `processing` and left to the worker. When this resolves the photo is safe; when it
 * rejects nothing was recorded and nothing is left, except where the catalog does not know, or does not say, whether it
 * was recorded (CommitOutcomeUnknownError): then everything stays, and repeating with the same key finds out.
 *
 * The received file stays the caller's to discard.
 */
export async function addPhoto(dependencies: AddPhotoDependencies, upload: PhotoUpload): Promise<AddedPhoto> {
  const { catalog, media, pictures, processing } = dependencies;
  const { userId, file, idempotencyKey, uploadId } = upload;
  const known = await catalog.photoOfContent(userId, file.sha256);
  if (known !== undefined) return { photo: known, isNew: false };

  const picture = await pictures.inspect(file.path);
  const { memory } = file;
  const isDerivedHere = pictures.canDerive(picture, memory);
  memory.promiseLess(isDerivedHere ? picture.decodeBytes : 0);
  const derived = isDerivedHere
    ? await pictures.derive(file.path, picture, { signal: upload.signal, memory })
    : undefined;
  const photoId = createPhotoId();
  const objects = newPhotoObjects(userId, photoId, picture);
  let isHandedOver = false;
  const leave = () => removeAll(dependencies, userId, photoId, objects);
  try {
    const { contentType } = pictureFormats[picture.format];
    const [original] = await allEnded([
      storeOriginal(media, objects, upload, contentType),
      derived && storeDerivatives(media, objects, derived.derivatives, { ifAbsent: true }),
    ]);
    if (derived === undefined) await processing.request({ userId, photoId });
    const photo = describePhoto(photoId, objects, upload, picture, file, original, derived);
    const command = { kind: "add-photo", photo, ...(uploadId !== undefined && { uploadId }) } as const;
    isHandedOver = true;
    const receipt = await catalog.execute(userId, command, { idempotencyKey });
    if (receipt.photo === undefined)
      throw new Error(`the catalog acknowledged photo '${photoId}' without it`);
    // A repetition under the same key is answered with the first one's photo: what this one stored is surplus.
    if (receipt.photo.id !== photoId) await leave();
    return { photo: receipt.photo, isNew: true };
  } catch (error) {
    if (isHandedOver && !isCertainlyNotMade(error)) throw error;
    await leave();
    // Another request of this person brought the same content meanwhile, perhaps this one's twin of the same key, which
    // has removed what arrived.
    const isTaken = [PhotoExistsError, IdempotencyKeyReusedError, PreconditionFailedError].some(
      (kind) => error instanceof kind,
    );
    const newest = { isNewest: true };
    const winner = isTaken ? await catalog.photoOfContent(userId, file.sha256, newest) : undefined;
    if (winner !== undefined) return { photo: winner, isNew: false };
    throw error;
  }
}

async function storeOriginal(
  media: CopyingStore,
  { storagePath }: PhotoObjects,
  { file, arrived }: Pick<PhotoUpload, "file" | "arrived">,
  contentType: string,
): Promise<StoredObject> {
  const original =
    arrived === undefined
      ? await media.put(storagePath, file, { contentType, ifAbsent: true })
      : await media.copy(arrived, storagePath, { contentType });
  if (original.crc32c === file.crc32c && original.sizeBytes === file.sizeBytes) return original;
  throw new StoredWrongError(storagePath, file.crc32c, original.crc32c);
}

async function removeAll(
  { media, processing, reportLeftover }: AddPhotoDependencies,
  userId: string,
  photoId: string,
  objects: PhotoObjects,
): Promise<void> {
  for (const name of [objects.storagePath, objects.previewPath, objects.thumbnailPath]) {
    await media.delete(name).catch((error: unknown) => reportLeftover(error, name));
  }
  const request = { userId, photoId };
  await processing.remove(request).catch((error: unknown) => reportLeftover(error, photoId));
}
