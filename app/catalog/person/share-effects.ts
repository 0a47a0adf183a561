import * as Type from "typebox";
import type { Static } from "typebox";
import type { Changes } from "../protocol/changes.ts";
import type { EffectContext } from "../protocol/model.ts";
import { memberKey } from "./tables.ts";

const text = Type.String();

/** It shows these photos, in this order, from the entry's time until it expires. */
export const ShareCreated = Type.Object({
  kind: Type.Literal("share-created"),
  share: Type.Object({
    id: text,
    title: Type.Union([Type.String(), Type.Null()]),
    expiresDate: text,
    photoIds: Type.Array(text),
  }),
});
export type ShareCreated = Static<typeof ShareCreated>;

/** It shows these no more: they went into the trash or became private. */
export const SharePhotosRemoved = Type.Object({
  kind: Type.Literal("share-photos-removed"),
  shareId: text,
  photoIds: Type.Array(text),
});
export type SharePhotosRemoved = Static<typeof SharePhotosRemoved>;

/** It shows nothing any more; these are what it showed at the end. Nothing opens it again. */
export const ShareEnded = Type.Object({
  kind: Type.Literal("share-ended"),
  shareId: text,
  photoIds: Type.Array(text),
});
export type ShareEnded = Static<typeof ShareEnded>;

export function meanShareCreated({ share }: ShareCreated, changes: Changes, { at }: EffectContext): void {
  const { id, title, expiresDate, photoIds } = share;
  changes.put("shares", {
    id,
    title,
    createdDate: at,
    expiresDate,
    endedDate: null,
    state: "open",
    photoCount: photoIds.length,
  });
  for (const [position, photoId] of photoIds.entries()) {
    changes.put("sharePhotos", { id: memberKey(id, photoId), shareId: id, photoId, position });
  }
}

export function meanSharePhotosRemoved({ shareId, photoIds }: SharePhotosRemoved, changes: Changes): void {
  for (const photoId of photoIds) changes.remove("sharePhotos", memberKey(shareId, photoId));
  changes.patch("shares", shareId, {}, { photoCount: -photoIds.length });
}

export function meanShareEnded(
  { shareId, photoIds }: ShareEnded,
  changes: Changes,
  { at }: EffectContext,
): void {
  for (const photoId of photoIds) changes.remove("sharePhotos", memberKey(shareId, photoId));
  changes.patch("shares", shareId, { state: "ended", endedDate: at, photoCount: 0 });
}
