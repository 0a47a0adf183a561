import type { Catalog } from "../catalog/catalog.ts";
import type { PhotoEdit } from "../catalog/command.ts";
import type { PhotoPage, PhotoQuery } from "../catalog/questions.ts";
import { PhotoNotFoundError } from "../catalog/person/errors.ts";
import type { Photo } from "../catalog/photo.ts";

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

  /**
   * Nothing shows it from now on; maintenance deletes its bytes. Once more is no error.
   *
   * @throws PhotoNotInTrashError
   */
  deleteForGood(userId: string, photoId: string, idempotencyKey: string): Promise<void>;

  /** @throws PhotoChangedError when it is not the expected version. */
  edit(userId: string, photoId: string, edit: PhotoEdit, options: EditOptions): Promise<Photo>;
}

export interface EditOptions {
  /** @default whatever version it is */
  readonly expectedVersion?: number;
  readonly idempotencyKey: string;
}

export function createPhotoLibrary({ catalog }: { readonly catalog: Catalog }): PhotoLibrary {
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

    async deleteForGood(userId, photoId, idempotencyKey) {
      await catalog.execute(userId, { kind: "purge-photo", photoId }, { idempotencyKey });
    },

    async edit(userId, photoId, edit, { idempotencyKey, ...expected }) {
      const command = { kind: "edit-photo", photoId, edit, ...expected } as const;
      const { photo } = await catalog.execute(userId, command, { idempotencyKey });
      if (photo === undefined) throw new PhotoNotFoundError(photoId);
      return photo;
    },
  };
}
