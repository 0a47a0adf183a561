import * as Type from "typebox";
import type { Static } from "typebox";
import type { Changes } from "../protocol/changes.ts";
import type { EffectContext } from "../protocol/model.ts";
import { memberKey } from "./tables.ts";

const text = Type.String();
const textOrNull = Type.Union([Type.String(), Type.Null()]);
const places = Type.Array(Type.Object({ photoId: text, position: Type.Number() }));

/** It is there from the entry's time on, without photos. */
export const AlbumCreated = Type.Object({
  kind: Type.Literal("album-created"),
  albumId: text,
  title: text,
  description: textOrNull,
});
export type AlbumCreated = Static<typeof AlbumCreated>;

/** Its owner changed what is named; all else stayed as it was. */
export const AlbumEdited = Type.Object({
  kind: Type.Literal("album-edited"),
  albumId: text,
  changes: Type.Object({
    title: Type.Optional(text),
    description: Type.Optional(textOrNull),
    coverPhotoId: Type.Optional(textOrNull),
    sharedWith: Type.Optional(Type.Array(text)),
  }),
});
export type AlbumEdited = Static<typeof AlbumEdited>;

/** These came into it, at these positions; none was in it before. */
export const AlbumPhotosAdded = Type.Object({
  kind: Type.Literal("album-photos-added"),
  albumId: text,
  photos: places,
});
export type AlbumPhotosAdded = Static<typeof AlbumPhotosAdded>;

/** These went out of it; all were in it. */
export const AlbumPhotosRemoved = Type.Object({
  kind: Type.Literal("album-photos-removed"),
  albumId: text,
  photoIds: Type.Array(text),
});
export type AlbumPhotosRemoved = Static<typeof AlbumPhotosRemoved>;

/** These have other positions now; all are in it. */
export const AlbumPhotosMoved = Type.Object({
  kind: Type.Literal("album-photos-moved"),
  albumId: text,
  photos: places,
});
export type AlbumPhotosMoved = Static<typeof AlbumPhotosMoved>;

/** It is gone; the photos went out of it before. */
export const AlbumDeleted = Type.Object({ kind: Type.Literal("album-deleted"), albumId: text });
export type AlbumDeleted = Static<typeof AlbumDeleted>;

export function meanAlbumCreated(
  { albumId, title, description }: AlbumCreated,
  changes: Changes,
  { owner, at }: EffectContext,
): void {
  changes.put("albums", {
    id: albumId,
    userId: owner,
    title,
    description,
    coverPhotoId: null,
    sharedWith: [],
    createdDate: at,
    updatedDate: at,
    version: 1,
    photoCount: 0,
    lastPosition: 0,
  });
}

export function meanAlbumEdited(effect: AlbumEdited, changes: Changes, { at }: EffectContext): void {
  const { title, description, coverPhotoId, sharedWith } = effect.changes;
  changes.patch(
    "albums",
    effect.albumId,
    {
      ...(title !== undefined && { title }),
      ...(description !== undefined && { description }),
      ...(coverPhotoId !== undefined && { coverPhotoId }),
      ...(sharedWith !== undefined && { sharedWith }),
      updatedDate: at,
    },
    { version: 1 },
  );
}

export function meanAlbumPhotosAdded(
  { albumId, photos }: AlbumPhotosAdded,
  changes: Changes,
  { at }: EffectContext,
): void {
  for (const { photoId, position } of photos) {
    changes.put("albumPhotos", { id: memberKey(albumId, photoId), albumId, photoId, position });
  }
  const lastPosition = photos.at(-1)?.position;
  changes.patch(
    "albums",
    albumId,
    { updatedDate: at, ...(lastPosition !== undefined && { lastPosition }) },
    { photoCount: photos.length },
  );
}

export function meanAlbumPhotosRemoved(
  { albumId, photoIds }: AlbumPhotosRemoved,
  changes: Changes,
  { at }: EffectContext,
): void {
  for (const photoId of photoIds) changes.remove("albumPhotos", memberKey(albumId, photoId));
  changes.patch("albums", albumId, { updatedDate: at }, { photoCount: -photoIds.length });
}

export function meanAlbumPhotosMoved(
  { albumId, photos }: AlbumPhotosMoved,
  changes: Changes,
  { at }: EffectContext,
): void {
  for (const { photoId, position } of photos) {
    changes.patch("albumPhotos", memberKey(albumId, photoId), { position });
  }
  changes.patch("albums", albumId, { updatedDate: at });
}

export function meanAlbumDeleted({ albumId }: AlbumDeleted, changes: Changes): void {
  changes.remove("albums", albumId);
}
