import * as Type from "typebox";
import type { Static } from "typebox";
import type { Changes } from "../protocol/changes.ts";
import type { EffectContext } from "../protocol/model.ts";

const textOrNull = Type.Union([Type.String(), Type.Null()]);

/** Room is reserved for it from the entry's time until `expiresDate`. */
export const UploadOpened = Type.Object({
  kind: Type.Literal("upload-opened"),
  upload: Type.Object({
    id: Type.String(),
    filename: Type.String(),
    title: textOrNull,
    private: Type.Union([Type.Boolean(), Type.Null()]),
    contentType: Type.String(),
    sizeBytes: Type.Integer({ minimum: 0 }),
    sha256: Type.String(),
    expiresDate: Type.String(),
  }),
});
export type UploadOpened = Static<typeof UploadOpened>;

/** It became this photo, which takes over its room; or its content is that of this one, which came another way. */
export const UploadCompleted = Type.Object({
  kind: Type.Literal("upload-completed"),
  uploadId: Type.String(),
  photoId: Type.String(),
});
export type UploadCompleted = Static<typeof UploadCompleted>;

/** It was given up; nothing is reserved for it any more. */
export const UploadClosed = Type.Object({ kind: Type.Literal("upload-closed"), uploadId: Type.String() });
export type UploadClosed = Static<typeof UploadClosed>;

export function meanUploadOpened({ upload }: UploadOpened, changes: Changes, { at }: EffectContext): void {
  // All are reserved for the same time, so they are put in the order in which they expire.
  changes.expire("uploads", "expiresDate", at);
  changes.put("uploads", { ...upload, createdDate: at, state: "open", photoId: null });
}

export function meanUploadCompleted({ uploadId, photoId }: UploadCompleted, changes: Changes): void {
  changes.patch("uploads", uploadId, { state: "completed", photoId });
}

export function meanUploadClosed({ uploadId }: UploadClosed, changes: Changes): void {
  changes.remove("uploads", uploadId);
}
