import type { Readable } from "node:stream";
import type { Catalogs } from "../catalog/create-catalog.ts";
import { AccountClosedError, PhotoNotFoundError } from "../catalog/person/errors.ts";
import type { Photo } from "../catalog/photo.ts";
import type { Identity } from "../identity/identity.ts";
import { mayDo } from "../identity/permissions.ts";
import type { ByteRange, ObjectStore, StoredObject } from "../storage/object-store.ts";

/** Which of a photo's pictures. */
export type Rendition = "thumbnail" | "preview" | "original";

export type Viewer = Pick<Identity, "userId" | "isAdministrator">;

export interface LocatedMedia {
  readonly photo: Photo;
  readonly rendition: Rendition;
  readonly objectName: string;
}

export interface PhotoMedia extends LocatedMedia {
  readonly object: StoredObject;
}

/** The bytes of photos, for who may see them. What somebody may not see is not found, like what does not exist. */
export interface PhotoMediaLibrary {
  /**
   * Where a rendition lies that the viewer may see: of their own photos all, the trash included; of others' what is
   * neither private nor in the trash.
   *
   * @throws PhotoNotFoundError
   */
  locate(viewer: Viewer, ownerId: string, photoId: string, rendition: Rendition): Promise<LocatedMedia>;

  /** What is known of its bytes, without reading them. @throws PhotoNotFoundError */
  describe(located: LocatedMedia): Promise<PhotoMedia>;

  /** The bytes, or a part of them. @throws PhotoNotFoundError */
  open(media: PhotoMedia, range?: ByteRange): Promise<Readable>;
}

export interface PhotoMediaDependencies {
  readonly catalog: Pick<Catalogs, "photo" | "organisation">;
  readonly media: ObjectStore;
}

export function createPhotoMedia({ catalog, media }: PhotoMediaDependencies): PhotoMediaLibrary {
  async function photoOf(viewer: Viewer, ownerId: string, photoId: string): Promise<Photo | undefined> {
    if (viewer.userId === ownerId) return await catalog.photo(ownerId, photoId);
    // Whoever is in no directory has no catalog either; asking for it would open one.
    if ((await catalog.organisation.member(ownerId)) === undefined) return undefined;
    try {
      return await catalog.photo(ownerId, photoId);
    } catch (error) {
      if (error instanceof AccountClosedError) return undefined;
      throw error;
    }
  }

  return {
    async locate(viewer, ownerId, photoId, rendition) {
      const photo = await photoOf(viewer, ownerId, photoId);
      if (photo === undefined || !mayBeSeen(photo, viewer, rendition)) throw new PhotoNotFoundError(photoId);
      return { photo, rendition, objectName: nameOf(photo, rendition) };
    },

    async describe(located) {
      const object = await media.stat(located.objectName);
      if (object === undefined) throw new PhotoNotFoundError(located.photo.id);
      return { ...located, object };
    },

    async open({ photo, object }, range) {
      const opened = await media.openRead(object.name, range);
      // Purged between the two steps.
      if (opened === undefined) throw new PhotoNotFoundError(photo.id);
      return opened.stream;
    },
  };
}

function mayBeSeen(photo: Photo, viewer: Viewer, rendition: Rendition): boolean {
  if (photo.state === "purging") return false;
  // Of what is not ready there is nothing but the original.
  if (rendition !== "original" && photo.state !== "ready") return false;
  // What is in the trash is nobody's but its owner's.
  const subject = { userId: photo.userId, private: photo.private || photo.deletedAt !== null };
  return mayDo(rendition === "original" ? "original" : "picture", viewer, subject);
}

function nameOf(photo: Photo, rendition: Rendition): string {
  if (rendition === "original") return photo.storagePath;
  return rendition === "preview" ? photo.previewPath : photo.thumbnailPath;
}
