import { createReadStream } from "node:fs";
import type { Catalog, NewPhoto } from "../catalog/catalog.ts";
import { PhotoExistsError } from "../catalog/person/errors.ts";
import type { Photo } from "../catalog/photo.ts";
import { CommitOutcomeUnknownError, IdempotencyKeyReusedError } from "../catalog/protocol/errors.ts";
import { derivation, previewContentType, thumbnailContentType } from "../pictures/derivatives.ts";
import { pictureFormats } from "../pictures/picture-format.ts";
import type { Picture, Pictures } from "../pictures/pictures.ts";
import type { ObjectStore, StoredObject } from "../storage/object-store.ts";
import { StoredWrongError } from "./errors.ts";
import type { ReceivedFile } from "./inbox.ts";
import { createPhotoId } from "./photo-id.ts";
import { type PhotoObjects, photoObjects } from "./photo-objects.ts";

export interface AddPhotoDependencies {
  readonly catalog: Catalog;
  readonly media: ObjectStore;
  readonly pictures: Pictures;
  /** Told what could not be removed again; the reconciler finds it later. */
  readonly reportLeftover: (error: unknown, objectName: string) => void;
}

export interface PhotoUpload {
  readonly userId: string;
  readonly file: ReceivedFile;
  /** As read by `readFileName`. */
  readonly filename: string;
  readonly title: string | null;
  /** @default the person's own setting */
  readonly private?: boolean;
  readonly idempotencyKey: string;
  /** Gives up waiting for a place to decode when aborted. */
  readonly signal?: AbortSignal;
}

export interface AddedPhoto {
  readonly photo: Photo;
  /** False where this content was here before: that photo is returned, in the trash or not. */
  readonly isNew: boolean;
}

/**
 * Makes a received file a photo: reads it, stores derivatives and original, records it last. When this resolves
 * the photo is safe; when it rejects nothing was recorded and nothing is left, except after an answer that
 * nobody heard (CommitOutcomeUnknownError): then repeating with the same key finds out.
 *
 * The received file stays the caller's to discard.
 */
export async function addPhoto(dependencies: AddPhotoDependencies, upload: PhotoUpload): Promise<AddedPhoto> {
  const { catalog, media, pictures } = dependencies;
  const { userId, file } = upload;
  const known = await catalog.photoOfContent(userId, file.sha256);
  if (known !== undefined) return { photo: known, isNew: false };

  const picture = await pictures.read(file.path, upload.signal);
  const photoId = createPhotoId();
  const objects = photoObjects(userId, photoId, picture.format, derivation);
  try {
    const original = await storeAll(media, objects, file, picture);
    const photo = newPhoto(photoId, upload, picture, objects, original);
    const receipt = await catalog.execute(
      userId,
      { kind: "add-photo", photo },
      { idempotencyKey: upload.idempotencyKey },
    );
    if (receipt.photo === undefined)
      throw new Error(`the catalog acknowledged photo '${photoId}' without it`);
    // A repetition under the same key is answered with the first one's photo: what this one stored is surplus.
    if (receipt.photo.id !== photoId) await removeAll(dependencies, objects);
    return { photo: receipt.photo, isNew: true };
  } catch (error) {
    if (error instanceof CommitOutcomeUnknownError) throw error;
    await removeAll(dependencies, objects);
    // Another request of this person brought the same content meanwhile, perhaps this one's twin of the same key.
    const isTaken = error instanceof PhotoExistsError || error instanceof IdempotencyKeyReusedError;
    const winner = isTaken ? await catalog.photoOfContent(userId, file.sha256) : undefined;
    if (winner !== undefined) return { photo: winner, isNew: false };
    throw error;
  }
}

/** Original last: it is the largest, and a fault before it costs least. */
async function storeAll(
  media: ObjectStore,
  objects: PhotoObjects,
  file: ReceivedFile,
  picture: Picture,
): Promise<StoredObject> {
  const { thumbnail, preview } = picture.derivatives;
  await media.put(objects.thumbnailPath, thumbnail, { contentType: thumbnailContentType, ifAbsent: true });
  await media.put(objects.previewPath, preview, { contentType: previewContentType, ifAbsent: true });
  const { contentType } = pictureFormats[picture.format];
  const bytes = createReadStream(file.path);
  try {
    const original = await media.put(objects.storagePath, bytes, { contentType, ifAbsent: true });
    if (original.crc32c === file.crc32c && original.sizeBytes === file.sizeBytes) return original;
    throw new StoredWrongError(objects.storagePath, file.crc32c, original.crc32c);
  } finally {
    bytes.destroy();
  }
}

async function removeAll(
  { media, reportLeftover }: AddPhotoDependencies,
  objects: PhotoObjects,
): Promise<void> {
  for (const name of [objects.storagePath, objects.previewPath, objects.thumbnailPath]) {
    try {
      await media.delete(name);
    } catch (error) {
      reportLeftover(error, name);
    }
  }
}

function newPhoto(
  id: string,
  upload: PhotoUpload,
  picture: Picture,
  objects: PhotoObjects,
  original: StoredObject,
): NewPhoto {
  const { capture } = picture;
  return {
    id,
    title: upload.title,
    description: null,
    filename: upload.filename,
    contentType: pictureFormats[picture.format].contentType,
    sizeBytes: upload.file.sizeBytes,
    width: picture.width,
    height: picture.height,
    tags: [],
    ...objects,
    metadata: { ...capture.exposure, decoderWarning: picture.warning },
    takenAt: capture.takenAt,
    takenOffsetMinutes: capture.takenOffsetMinutes,
    sha256: upload.file.sha256,
    crc32c: original.crc32c,
    generation: original.generation,
    orientation: picture.orientation,
    latitude: capture.latitude,
    longitude: capture.longitude,
    camera: capture.camera,
    lens: capture.lens,
    thumbhash: picture.derivatives.thumbhash,
    state: "ready",
    derivation,
    ...(upload.private === undefined ? {} : { private: upload.private }),
  };
}
