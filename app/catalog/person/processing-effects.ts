import * as Type from "typebox";
import type { Static } from "typebox";
import { mapOf } from "../../map-schema.ts";
import type { Changes } from "../protocol/changes.ts";
import type { EffectContext } from "../protocol/model.ts";

/** Its pictures were made, the first time or anew, and lie where this says. */
export const PhotoDerived = Type.Object({
  kind: Type.Literal("photo-derived"),
  photoId: Type.String(),
  previewPath: Type.String(),
  thumbnailPath: Type.String(),
  thumbhash: Type.String(),
  derivation: Type.Integer({ minimum: 0 }),
  width: Type.Integer({ minimum: 0 }),
  height: Type.Integer({ minimum: 0 }),
  metadata: mapOf(Type.Unknown()),
});
export type PhotoDerived = Static<typeof PhotoDerived>;

/** Its pictures could not be made; `metadata` says why. */
export const ProcessingFailed = Type.Object({
  kind: Type.Literal("processing-failed"),
  photoId: Type.String(),
  metadata: mapOf(Type.Unknown()),
});
export type ProcessingFailed = Static<typeof ProcessingFailed>;

/** It is shown nowhere any more, and its bytes are being deleted. */
export const PhotoPurging = Type.Object({ kind: Type.Literal("photo-purging"), photoId: Type.String() });
export type PhotoPurging = Static<typeof PhotoPurging>;

/** Its bytes are gone, and so is its record. */
export const PhotoPurged = Type.Object({ kind: Type.Literal("photo-purged"), photoId: Type.String() });
export type PhotoPurged = Static<typeof PhotoPurged>;

export function meanPhotoDerived(effect: PhotoDerived, changes: Changes, { at }: EffectContext): void {
  const { kind: _, photoId, ...derived } = effect;
  changes.patch("photos", photoId, { ...derived, state: "ready", updatedDate: at }, { version: 1 });
}

export function meanProcessingFailed(
  { photoId, metadata }: ProcessingFailed,
  changes: Changes,
  { at }: EffectContext,
): void {
  changes.patch("photos", photoId, { metadata, state: "failed", updatedDate: at }, { version: 1 });
}

export function meanPhotoPurging({ photoId }: PhotoPurging, changes: Changes, { at }: EffectContext): void {
  changes.patch("photos", photoId, { state: "purging", updatedDate: at }, { version: 1 });
}

export function meanPhotoPurged({ photoId }: PhotoPurged, changes: Changes): void {
  changes.remove("photos", photoId);
}
