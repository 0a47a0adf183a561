import * as Type from "typebox";
import type { Static } from "typebox";
import { Compile } from "typebox/schema";
import { mapOf } from "../../map-schema.ts";
import type { NewPhoto } from "../command.ts";
import { foldText } from "../folded-text.ts";
import type { Changes } from "../protocol/changes.ts";
import { InvalidCommandError } from "../protocol/errors.ts";
import type { EffectContext } from "../protocol/model.ts";
import { shownAt } from "./shown-at.ts";

const text = Type.String();
const textOrNull = Type.Union([Type.String(), Type.Null()]);
const numberOrNull = Type.Union([Type.Number(), Type.Null()]);
const count = Type.Integer({ minimum: 0 });

/** A photo as it enters the catalog; what the entry itself says (owner, time of upload) is left out. */
export const RecordedPhoto = Type.Object({
  id: text,
  title: textOrNull,
  description: textOrNull,
  filename: text,
  contentType: text,
  sizeBytes: count,
  width: count,
  height: count,
  tags: Type.Array(text),
  private: Type.Boolean(),
  storagePath: text,
  previewPath: text,
  thumbnailPath: text,
  metadata: mapOf(Type.Unknown()),
  takenAt: Type.Union([Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}$" }), Type.Null()]),
  takenOffsetMinutes: numberOrNull,
  sha256: text,
  crc32c: text,
  generation: text,
  orientation: count,
  latitude: numberOrNull,
  longitude: numberOrNull,
  camera: textOrNull,
  lens: textOrNull,
  thumbhash: text,
  state: Type.Enum(["ready", "processing", "failed", "purging"]),
  derivation: count,
});

const recorded = Compile(RecordedPhoto);
const recordedFields = Object.keys(RecordedPhoto.properties);

/** Exactly the fields that are recorded, whatever else the object carries. @throws InvalidCommandError */
export function recordedPhoto(photo: NewPhoto & { readonly private: boolean }): Static<typeof RecordedPhoto> {
  const fields: Readonly<Record<string, unknown>> = { ...photo };
  const picked: unknown = Object.fromEntries(recordedFields.map((name) => [name, fields[name]]));
  if (recorded.Check(picked)) return picked;
  const [, [fault]] = recorded.Errors(picked);
  throw new InvalidCommandError(`${fault?.instancePath ?? ""} ${fault?.message ?? "is malformed"}`);
}

/** The photo is there from this entry on; its upload date is the entry's time. */
export const PhotoAdded = Type.Object({ kind: Type.Literal("photo-added"), photo: RecordedPhoto });
export type PhotoAdded = Static<typeof PhotoAdded>;

/** It is in the trash since the entry's time. */
export const PhotoTrashed = Type.Object({ kind: Type.Literal("photo-trashed"), photoId: text });
export type PhotoTrashed = Static<typeof PhotoTrashed>;

/** It is out of the trash again, as it was. */
export const PhotoRestored = Type.Object({ kind: Type.Literal("photo-restored"), photoId: text });
export type PhotoRestored = Static<typeof PhotoRestored>;

export function meanPhotoAdded({ photo }: PhotoAdded, changes: Changes, { owner, at }: EffectContext): void {
  changes.put("photos", {
    ...photo,
    userId: owner,
    uploadDate: at,
    updatedDate: at,
    deletedAt: null,
    favorite: false,
    version: 1,
    shownAt: shownAt({ takenAt: photo.takenAt, uploadDate: at }),
    foldedTitle: foldText(photo.title ?? ""),
    foldedDescription: foldText(photo.description ?? ""),
    foldedTags: foldText(photo.tags.join("\n")),
    foldedFile: foldText([photo.filename, photo.camera, photo.lens].join("\n")),
  });
}

export function meanPhotoTrashed({ photoId }: PhotoTrashed, changes: Changes, { at }: EffectContext): void {
  changes.patch("photos", photoId, { deletedAt: at, updatedDate: at }, { version: 1 });
}

export function meanPhotoRestored({ photoId }: PhotoRestored, changes: Changes, { at }: EffectContext): void {
  changes.patch("photos", photoId, { deletedAt: null, updatedDate: at }, { version: 1 });
}
