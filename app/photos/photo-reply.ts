import * as Type from "typebox";
import type { Static } from "typebox";
import { mapOf } from "../map-schema.ts";
import { nextCursor } from "../http/page-parameters.ts";
import type { Photo } from "../catalog/photo.ts";
import { nullableText } from "../http/nullable-text.ts";

// Written as lists of types: unions make the serializer validate every value.
const nullableNumber = Type.Unsafe<number | null>({ type: ["number", "null"] });
const nullableInteger = Type.Unsafe<number | null>({ type: ["integer", "null"] });

/** A photo as its owner sees it. */
export const PhotoSchema = Type.Object(
  {
    id: Type.String({ description: "UUIDv7" }),
    user_id: Type.String(),
    title: nullableText,
    description: nullableText,
    filename: Type.String({ description: "The file's own name as given at upload." }),
    content_type: Type.String(),
    size_bytes: Type.Integer(),
    width: Type.Integer({ description: "Pixels as shown." }),
    height: Type.Integer({ description: "Pixels as shown." }),
    tags: Type.Array(Type.String()),
    private: Type.Boolean(),
    upload_date: Type.String(),
    updated_date: Type.String(),
    storage_path: Type.String(),
    preview_path: Type.String(),
    thumbnail_path: Type.String(),
    metadata: mapOf(Type.Unknown(), { description: "What else the camera wrote." }),
    taken_at: Type.Unsafe<string | null>({
      type: ["string", "null"],
      description: "The camera's local time, without a zone: 2015-09-08T11:02:17",
    }),
    taken_offset_minutes: nullableInteger,
    sha256: Type.String(),
    crc32c: Type.String(),
    generation: Type.String(),
    orientation: Type.Integer({ description: "EXIF orientation of the original, already applied." }),
    latitude: nullableNumber,
    longitude: nullableNumber,
    camera: nullableText,
    lens: nullableText,
    favorite: Type.Boolean(),
    deleted_at: Type.Unsafe<string | null>({
      type: ["string", "null"],
      description: "When it went to the trash; null where it is not there.",
    }),
    thumbhash: Type.String({ description: "Base64 of a ThumbHash." }),
    state: Type.String(),
    derivation: Type.Integer({
      description: "Version of thumbnail and preview; as ?v= in their addresses it lets browsers keep them.",
    }),
    version: Type.Integer({ description: "Counts the record's changes." }),
  },
  { title: "Photo" },
);

export type PhotoReply = Static<typeof PhotoSchema>;

export const PhotoPageSchema = Type.Object({
  photos: Type.Array(PhotoSchema),
  next_cursor: nextCursor,
});

export function toPhotoReply(photo: Photo): PhotoReply {
  return {
    id: photo.id,
    user_id: photo.userId,
    title: photo.title,
    description: photo.description,
    filename: photo.filename,
    content_type: photo.contentType,
    size_bytes: photo.sizeBytes,
    width: photo.width,
    height: photo.height,
    tags: [...photo.tags],
    private: photo.private,
    upload_date: photo.uploadDate,
    updated_date: photo.updatedDate,
    storage_path: photo.storagePath,
    preview_path: photo.previewPath,
    thumbnail_path: photo.thumbnailPath,
    metadata: snakeCased(photo.metadata),
    taken_at: photo.takenAt,
    taken_offset_minutes: photo.takenOffsetMinutes,
    sha256: photo.sha256,
    crc32c: photo.crc32c,
    generation: photo.generation,
    orientation: photo.orientation,
    latitude: photo.latitude,
    longitude: photo.longitude,
    camera: photo.camera,
    lens: photo.lens,
    favorite: photo.favorite,
    deleted_at: photo.deletedAt,
    thumbhash: photo.thumbhash,
    state: photo.state,
    derivation: photo.derivation,
    version: photo.version,
  };
}

function snakeCased(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}
