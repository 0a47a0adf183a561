import { type RowOf, column, keysTable, nullable, type Tables } from "../protocol/tables.ts";
import type { Photo } from "../photo.ts";
import type { Upload } from "../upload.ts";

/** What one person's view holds. DuckDB's columns have the same names in snake_case. */
export const personTables = {
  photos: {
    key: "id",
    newestFirst: "shownAt",
    columns: {
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
      /** The camera's time, else that of the upload: what lists are sorted by. */
      shownAt: column("time"),
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
export type UploadRow = RowOf<PersonTables["uploads"]>;
export type UserRow = RowOf<PersonTables["users"]>;

const states: readonly Photo["state"][] = ["ready", "processing", "failed", "purging"];

export function photoFrom(row: PhotoRow): Photo {
  const { shownAt: _, state, ...photo } = row;
  return { ...photo, state: states.find((known) => known === state) ?? "ready" };
}

export function uploadFrom(row: UploadRow): Upload {
  return { ...row, state: row.state === "completed" ? "completed" : "open" };
}
