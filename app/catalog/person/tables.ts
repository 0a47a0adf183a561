import { type RowOf, type Table, type Tables, column, keysTable, nullable } from "../protocol/tables.ts";
import type { Album } from "../album.ts";
import type { Photo } from "../photo.ts";
import type { Share } from "../share.ts";
import type { Upload } from "../upload.ts";

/** What a photo's record shows. */
export const photoColumns = {
  id: column("text"),
  userId: column("text"),
  title: nullable("text"),
  description: nullable("text"),
  filename: column("text"),
  contentType: column("text"),
  sizeBytes: column("bigint"),
  width: column("integer"),
  height: column("integer"),
  tags: column("texts"),
  private: column("boolean"),
  uploadDate: column("time"),
  updatedDate: column("time"),
  storagePath: column("text"),
  previewPath: column("text"),
  thumbnailPath: column("text"),
  metadata: column("json"),
  takenAt: nullable("local-time"),
  takenOffsetMinutes: nullable("integer"),
  sha256: column("text"),
  crc32c: column("text"),
  generation: column("text"),
  orientation: column("integer"),
  latitude: nullable("double"),
  longitude: nullable("double"),
  camera: nullable("text"),
  lens: nullable("text"),
  favorite: column("boolean"),
  deletedAt: nullable("time"),
  thumbhash: column("text"),
  state: column("text"),
  derivation: column("integer"),
  version: column("integer"),
} as const satisfies Table["columns"];

/** What one person's view holds. DuckDB's columns have the same names in snake_case. */
export const personTables = {
  photos: {
    key: "id",
    newestFirst: "shownAt",
    columns: {
      ...photoColumns,
      /** Of shownAt(): what lists are sorted by. */
      shownAt: column("time"),
      /** What is searched: foldText() of what the names say; `foldedFile` is the file's name, camera and lens. */
      foldedTitle: column("text"),
      foldedDescription: column("text"),
      foldedTags: column("text"),
      foldedFile: column("text"),
    },
  },
  albums: {
    key: "id",
    columns: {
      id: column("text"),
      /** Everyone's here: how all of them are found. */
      userId: column("text"),
      title: column("text"),
      description: nullable("text"),
      coverPhotoId: nullable("text"),
      sharedWith: column("texts"),
      createdDate: column("time"),
      updatedDate: column("time"),
      version: column("integer"),
      photoCount: column("integer"),
      /** Of the photo that was added last, also when it is gone; the next ones come after it and after all that are there. */
      lastPosition: column("double"),
    },
  },
  /** Which photo is in which album. */
  albumPhotos: {
    key: "id",
    columns: {
      id: column("text"),
      albumId: column("text"),
      photoId: column("text"),
      /** What an album's photos are sorted by. */
      position: column("double"),
    },
  },
  shares: {
    key: "id",
    columns: {
      id: column("text"),
      title: nullable("text"),
      createdDate: column("time"),
      expiresDate: column("time"),
      endedDate: nullable("time"),
      /** `open` until it was ended; an expired one may be open still. */
      state: column("text"),
      photoCount: column("integer"),
    },
  },
  /** Which photo is shown by which open share. */
  sharePhotos: {
    key: "id",
    columns: {
      id: column("text"),
      shareId: column("text"),
      photoId: column("text"),
      position: column("integer"),
    },
  },
  uploads: {
    key: "id",
    columns: {
      id: column("text"),
      filename: column("text"),
      title: nullable("text"),
      private: nullable("boolean"),
      contentType: column("text"),
      sizeBytes: column("bigint"),
      sha256: column("text"),
      createdDate: column("time"),
      expiresDate: column("time"),
      state: column("text"),
      photoId: nullable("text"),
    },
  },
  users: {
    key: "id",
    columns: {
      id: column("text"),
      email: nullable("text"),
      name: nullable("text"),
      avatarUrl: nullable("text"),
      createdDate: nullable("time"),
      lastLogin: nullable("time"),
      settings: column("json"),
      storageQuota: column("bigint"),
      storageUsed: column("bigint"),
      /** Since then nothing is taken or shown any more. */
      closedAt: nullable("time"),
    },
  },
  keys: keysTable,
} as const satisfies Tables;

export type PersonTables = typeof personTables;
export type PhotoRow = RowOf<PersonTables["photos"]>;
export type AlbumRow = RowOf<PersonTables["albums"]>;
export type ShareRow = RowOf<PersonTables["shares"]>;
export type UploadRow = RowOf<PersonTables["uploads"]>;
export type UserRow = RowOf<PersonTables["users"]>;

const states: readonly Photo["state"][] = ["ready", "processing", "failed", "purging"];

export function photoFrom(
  row: RowOf<{ readonly key: string; readonly columns: typeof photoColumns }>,
): Photo {
  return { ...row, state: states.find((known) => known === row.state) ?? "ready" };
}

/** Of a whole row: without what is there for sorting and searching. */
export function photoOfWhole(row: PhotoRow): Photo {
  const {
    shownAt: _,
    foldedTitle: __,
    foldedDescription: ___,
    foldedTags: ____,
    foldedFile: _____,
    ...shown
  } = row;
  return photoFrom(shown);
}

export function uploadFrom(row: UploadRow): Upload {
  return { ...row, state: row.state === "completed" ? "completed" : "open" };
}

export function albumFrom(row: AlbumRow): Album {
  const { userId: _, lastPosition: __, ...album } = row;
  return album;
}

export function shareFrom(row: ShareRow): Share {
  const { state: _, ...share } = row;
  return share;
}

/** Key of the row that says that a photo is in an album, or is shown by a share. */
export function memberKey(containerId: string, photoId: string): string {
  return `${containerId}/${photoId}`;
}
