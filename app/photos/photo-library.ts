import type { Readable } from "node:stream";
import type { Catalog } from "../catalog/catalog.ts";
import type { PhotoPage, PhotoQuery } from "../catalog/questions.ts";
import type { PhotoEdit } from "../catalog/command.ts";
import { PhotoNotFoundError } from "../catalog/person/errors.ts";
import type { Photo } from "../catalog/photo.ts";
import type { ByteRange, ObjectStore, StoredObject } from "../storage/object-store.ts";

/** Which of a photo's pictures. */
export type Rendition = "thumbnail" | "preview" | "original";

export interface PhotoMedia {
  readonly photo: Photo;
  readonly object: StoredObject;
}

/**
 * A person's photos. Whatever is not this person's is not found, in the same words as what does not exist.
 * Every method throws PhotoNotFoundError then.
 */
export interface PhotoLibrary {
  list(userId: string, query: PhotoQuery): Promise<PhotoPage>;

  get(userId: string, photoId: string): Promise<Photo>;

  /** Moves it to the trash; there already is no error. */
  trash(userId: string, photoId: string, idempotencyKey: string): Promise<Photo>;

  /** Takes it out of the trash; not in there is no error. */
  restore(userId: string, photoId: string, idempotencyKey: string): Promise<Photo>;

  /** @throws PhotoChangedError when it is not the expected version. */
  edit(userId: string, photoId: string, edit: PhotoEdit, options: EditOptions): Promise<Photo>;

  /** What is known of a rendition's bytes, without reading them. */
  describeMedia(userId: string, photoId: string, rendition: Rendition): Promise<PhotoMedia>;

  /** The bytes, or a part of them. */
  openMedia(media: PhotoMedia, range?: ByteRange): Promise<Readable>;
}

export interface EditOptions {
  /** @default whatever version it is */
  readonly expectedVersion?: number;
  readonly idempotencyKey: string;
}

export interface PhotoLibraryDependencies {
  readonly catalog: Catalog;
  readonly media: ObjectStore;
}

export function createPhotoLibrary({ catalog, media }: PhotoLibraryDependencies): PhotoLibrary {
  async function get(userId: string, photoId: string): Promise<Photo> {
    const photo = await catalog.photo(userId, photoId);
    if (photo === undefined || photo.state === "purging") throw new PhotoNotFoundError(photoId);
    return photo;
  }

  async function change(
    kind: "trash-photo" | "restore-photo",
    userId: string,
    photoId: string,
    idempotencyKey: string,
  ): Promise<Photo> {
    await get(userId, photoId);
    const { photo } = await catalog.execute(userId, { kind, photoId }, { idempotencyKey });
    if (photo === undefined) throw new PhotoNotFoundError(photoId);
    return photo;
  }

  return {
    list: (userId, query) => catalog.photos(userId, query),
    get,
    trash: (userId, photoId, idempotencyKey) => change("trash-photo", userId, photoId, idempotencyKey),
    restore: (userId, photoId, idempotencyKey) => change("restore-photo", userId, photoId, idempotencyKey),

    async edit(userId, photoId, edit, { idempotencyKey, ...expected }) {
      const command = { kind: "edit-photo", photoId, edit, ...expected } as const;
      const { photo } = await catalog.execute(userId, command, { idempotencyKey });
      if (photo === undefined) throw new PhotoNotFoundError(photoId);
      return photo;
    },

    async describeMedia(userId, photoId, rendition) {
      const photo = await get(userId, photoId);
      const object = await media.stat(pathOf(photo, rendition));
      if (object === undefined) throw new PhotoNotFoundError(photoId);
      return { photo, object };
    },

    async openMedia({ photo, object }, range) {
      const opened = await media.openRead(object.name, range);
      // Purged between the two steps.
      if (opened === undefined) throw new PhotoNotFoundError(photo.id);
      return opened.stream;
    },
  };
}

function pathOf(photo: Photo, rendition: Rendition): string {
  if (rendition === "original") return photo.storagePath;
  return rendition === "preview" ? photo.previewPath : photo.thumbnailPath;
}
