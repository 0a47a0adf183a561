import type { Catalog } from "../catalog/catalog.ts";
import { PhotoExistsError, UploadNotFoundError } from "../catalog/person/errors.ts";
import { type Photo, photoTextLimits } from "../catalog/photo.ts";
import type { NewUpload, Upload } from "../catalog/upload.ts";
import { keyedId } from "../keyed-id.ts";
import { freshKey } from "../own-key.ts";
import { type AddPhotoDependencies, type AddedPhoto, addPhoto } from "../photos/add-photo.ts";
import type { Inbox } from "../photos/inbox.ts";
import {
  TooManyPixelsError,
  PictureTooSlowError,
  UnreadablePictureError,
  UnsupportedPictureError,
} from "../pictures/errors.ts";
import { type ObjectStore, PreconditionFailedError } from "../storage/object-store.ts";
import { writtenLine } from "../written-text.ts";
import { UploadIncompleteError, UploadMismatchError, UploadTooLargeError } from "./errors.ts";
import { uploadObject } from "./upload-objects.ts";
import type { SessionAddress, UploadSessions } from "./upload-sessions.ts";

export interface UploadsDependencies extends AddPhotoDependencies {
  readonly catalog: Catalog;
  readonly uploads: ObjectStore;
  readonly sessions: UploadSessions;
  readonly inbox: Inbox;
  /** Scheme and host of the page. */
  readonly publicOrigin: string;
}

/** Of one file. */
export const mostUploadBytes = 200 * 1024 * 1024;

export type OpenedUpload =
  | {
      readonly kind: "open";
      readonly upload: Upload;
      readonly session: SessionAddress;
      readonly offset: number;
    }
  /** This content is here already, in the trash or not. */
  | { readonly kind: "photo"; readonly photo: Photo };

/**
 * Reserves room and opens a session. The same key again finds the same upload.
 *
 * @throws UploadTooLargeError, and what the catalog refuses with
 */
export async function openUpload(
  { catalog, sessions, publicOrigin }: UploadsDependencies,
  userId: string,
  wanted: Omit<NewUpload, "id">,
  idempotencyKey: string,
): Promise<OpenedUpload> {
  if (wanted.sizeBytes > mostUploadBytes) throw new UploadTooLargeError(mostUploadBytes);
  const id = keyedId("upload", userId, idempotencyKey);
  let upload: Upload | undefined;
  try {
    const command = { kind: "open-upload", upload: { id, ...wanted } } as const;
    upload = (await catalog.execute(userId, command, { idempotencyKey })).upload;
  } catch (error) {
    const photo = error instanceof PhotoExistsError ? await catalog.photo(userId, error.photoId) : undefined;
    if (photo === undefined) throw error;
    return { kind: "photo", photo };
  }
  if (upload === undefined) throw new UploadNotFoundError(id);
  if (upload.photoId !== null) {
    const photo = await catalog.photo(userId, upload.photoId);
    if (photo !== undefined) return { kind: "photo", photo };
  }
  const { sizeBytes, contentType } = upload;
  const session = await sessions.open({ userId, uploadId: id, sizeBytes, contentType, origin: publicOrigin });
  const offset = (await sessions.offset({ userId, uploadId: id }, sizeBytes)) ?? 0;
  return { kind: "open", upload, session, offset };
}

/** @throws UploadNotFoundError */
export async function findUpload(
  { catalog, sessions }: Pick<UploadsDependencies, "catalog" | "sessions">,
  userId: string,
  uploadId: string,
): Promise<{ readonly upload: Upload; readonly offset: number | undefined }> {
  const upload = await catalog.upload(userId, uploadId);
  if (upload === undefined) throw new UploadNotFoundError(uploadId);
  if (upload.state === "completed") return { upload, offset: upload.sizeBytes };
  return { upload, offset: await sessions.offset({ userId, uploadId }, upload.sizeBytes) };
}

/**
 * Checks what arrived and makes it a photo, recorded last. However often, the outcome is the same. What cannot be a
 * photo is thrown away and its room is free again.
 *
 * @param signal gives up waiting for room or for a place to decode when aborted; what has arrived stays
 * @throws UploadNotFoundError, UploadIncompleteError, UploadMismatchError, and what `addPhoto` throws
 */
export async function completeUpload(
  dependencies: UploadsDependencies,
  userId: string,
  uploadId: string,
  signal?: AbortSignal,
): Promise<AddedPhoto> {
  const { catalog, uploads, sessions, inbox } = dependencies;
  const name = { userId, uploadId };
  const { upload, offset } = await findUpload(dependencies, userId, uploadId);
  if (upload.photoId !== null) {
    const photo = await catalog.photo(userId, upload.photoId);
    if (photo === undefined) throw new UploadNotFoundError(uploadId);
    await sessions.remove(name);
    return { photo, isNew: false };
  }
  const arrived = await inbox.fetch(uploads, uploadObject(name), signal);
  if (arrived === undefined) return await completedMeanwhile(dependencies, userId, upload, offset);
  const { file, object } = arrived;
  try {
    if (file.sizeBytes !== upload.sizeBytes || file.sha256 !== upload.sha256) throw new UploadMismatchError();
    const added = await addPhoto(dependencies, {
      userId,
      uploadId,
      file,
      arrived: { store: uploads, object },
      filename: upload.filename,
      // What was taken at its opening keeps no photo out: an earlier release counted otherwise.
      title: writtenLine(upload.title, photoTextLimits.title),
      private: upload.private ?? undefined,
      idempotencyKey: freshKey("complete-upload"),
      ...(signal !== undefined && { signal }),
    });
    await sessions.remove(name);
    // Content that came in another way meanwhile leaves the reservation open.
    if (!added.isNew) await leadUpload(dependencies, userId, uploadId, added.photo);
    return added;
  } catch (error) {
    if (isFaultOfFile(error)) await cancelUpload(dependencies, userId, uploadId);
    // What had arrived is gone: the person cancelled it meanwhile.
    throw error instanceof PreconditionFailedError ? new UploadNotFoundError(uploadId) : error;
  } finally {
    await file.discard();
  }
}

/**
 * Of an upload of which nothing is there, or not all: until it was looked for, or while this one waited for room, another
 * may have completed it, or the person cancelled it, or its content came in another way.
 */
async function completedMeanwhile(
  dependencies: Pick<UploadsDependencies, "catalog" | "sessions">,
  userId: string,
  { id, sizeBytes, sha256 }: Upload,
  offset: number | undefined,
): Promise<AddedPhoto> {
  const { catalog, sessions } = dependencies;
  // Another instance may have recorded it a moment ago.
  const photo = await catalog.photoOfContent(userId, sha256, { isNewest: true });
  if (photo !== undefined) {
    await leadUpload(dependencies, userId, id, photo);
    await sessions.remove({ userId, uploadId: id });
    return { photo, isNew: false };
  }
  const upload = await catalog.upload(userId, id);
  if (upload?.state !== "open") throw new UploadNotFoundError(id);
  throw new UploadIncompleteError(offset, sizeBytes);
}

/** Forgets what arrived and frees the room; nothing there is no error. */
export async function cancelUpload(
  dependencies: Pick<UploadsDependencies, "catalog" | "sessions">,
  userId: string,
  uploadId: string,
): Promise<void> {
  const command = { kind: "close-upload", uploadId } as const;
  await dependencies.catalog.execute(userId, command, { idempotencyKey: freshKey("close-upload") });
  await dependencies.sessions.remove({ userId, uploadId });
}

/** Frees the room; whoever completes it again is led to the photo that has its content. */
async function leadUpload(
  { catalog }: Pick<UploadsDependencies, "catalog">,
  userId: string,
  uploadId: string,
  { id: photoId }: Photo,
): Promise<void> {
  const command = { kind: "close-upload", uploadId, photoId } as const;
  await catalog.execute(userId, command, { idempotencyKey: freshKey("lead-upload") });
}

function isFaultOfFile(error: unknown): boolean {
  return [
    UploadMismatchError,
    UnreadablePictureError,
    UnsupportedPictureError,
    TooManyPixelsError,
    PictureTooSlowError,
  ].some((fault) => error instanceof fault);
}
