import { albumLimits } from "../album.ts";
import type { AlbumCommand } from "../command.ts";
import { InvalidCommandError } from "../protocol/errors.ts";
import type { DecisionContext, Need } from "../protocol/model.ts";
import { changedAlbum, recordedTitle } from "./album-edit.ts";
import { AlbumExistsError, AlbumFullError, AlbumNotFoundError, TooManyAlbumsError } from "./album-errors.ts";
import { AlbumChangedError, PhotoNotInAlbumError } from "./album-errors.ts";
import { placesAfter, placesMoved } from "./album-order.ts";
import type { Effect } from "./effects.ts";
import { PhotoInTrashError, PhotoNotFoundError } from "./errors.ts";
import type { PersonDecision, PersonState } from "./person-state.ts";
import { checkId, recordedParagraphs } from "./recorded-text.ts";
import { type AlbumRow, type PersonTables, memberKey } from "./tables.ts";

/** Rows that deciding asks for. */
export function albumNeeds(command: AlbumCommand, owner: string): readonly Need<PersonTables>[] {
  switch (command.kind) {
    case "create-album":
      return [
        { table: "albums", column: "userId", value: owner },
        { table: "albums", value: command.album.id },
        ...(command.album.photoIds ?? []).map((value) => ({ table: "photos", value }) as const),
      ];
    case "add-to-album":
      return [
        { table: "albums", value: command.albumId },
        ...command.photoIds.flatMap((id) => [
          { table: "photos", value: id } as const,
          { table: "albumPhotos", value: memberKey(command.albumId, id) } as const,
        ]),
      ];
    case "remove-from-album":
      return [
        { table: "albums", value: command.albumId },
        ...command.photoIds.map(
          (id) => ({ table: "albumPhotos", value: memberKey(command.albumId, id) }) as const,
        ),
      ];
    case "move-in-album":
    case "delete-album":
      return [
        { table: "albums", value: command.albumId },
        { table: "albumPhotos", column: "albumId", value: command.albumId },
      ];
    case "edit-album":
      return [{ table: "albums", value: command.albumId }];
  }
}

export async function changeAlbum(
  command: AlbumCommand,
  state: PersonState,
  { owner }: DecisionContext,
): Promise<PersonDecision> {
  if (command.kind === "create-album") {
    return { effects: await createAlbum(command, state, owner), bytes: 0, subject: command.album.id };
  }
  const album = await state.get("albums", command.albumId);
  if (album === undefined) throw new AlbumNotFoundError(command.albumId);
  return { effects: await effectsOf(command, album, state), bytes: 0, subject: album.id };
}

async function createAlbum(
  {
    album: { id, title, description = null, photoIds = [] },
  }: Extract<AlbumCommand, { kind: "create-album" }>,
  state: PersonState,
  owner: string,
): Promise<readonly Effect[]> {
  checkId("an album", id);
  if (await state.get("albums", id)) throw new AlbumExistsError(id);
  const others = await state.find("albums", "userId", owner);
  if (others.length >= albumLimits.albums) throw new TooManyAlbumsError(albumLimits.albums);
  const created = {
    kind: "album-created",
    albumId: id,
    title: recordedTitle(title),
    description: recordedParagraphs("description", description, albumLimits.description),
  } as const;
  const named = await shownPhotos(photoIds, state);
  if (named.length === 0) return [created];
  return [created, { kind: "album-photos-added", albumId: id, photos: placesAfter(0, named) }];
}

async function effectsOf(
  command: Exclude<AlbumCommand, { kind: "create-album" }>,
  album: AlbumRow,
  state: PersonState,
): Promise<readonly Effect[]> {
  const albumId = album.id;
  switch (command.kind) {
    case "edit-album": {
      const { edit, expectedVersion } = command;
      if (expectedVersion !== undefined && expectedVersion !== album.version) {
        throw new AlbumChangedError(albumId, expectedVersion, album.version);
      }
      const changes = await changedAlbum(edit, album, state);
      return Object.keys(changes).length === 0 ? [] : [{ kind: "album-edited", albumId, changes }];
    }
    case "add-to-album": {
      const named = await shownPhotos(command.photoIds, state);
      const members = await membersAmong(named, albumId, state);
      const added = named.filter((id) => !members.has(id));
      if (added.length === 0) return [];
      const { photoCount } = album;
      if (photoCount + added.length > albumLimits.photos) {
        throw new AlbumFullError(albumId, photoCount, added.length, albumLimits.photos);
      }
      const photos = placesAfter(await lastPlace(album, state), added);
      return [{ kind: "album-photos-added", albumId, photos }];
    }
    case "remove-from-album": {
      const members = await membersAmong(distinct(command.photoIds), albumId, state);
      return members.size === 0 ? [] : leavingAlbum(album, [...members]);
    }
    case "move-in-album":
      return await movePhotos(command, albumId, state);
    case "delete-album": {
      const rows = await state.find("albumPhotos", "albumId", albumId);
      const photoIds = rows.map(({ photoId }) => photoId).toSorted();
      const leaving: Effect[] = photoIds.length > 0 ? leavingAlbum(album, photoIds) : [];
      return [...leaving, { kind: "album-deleted", albumId }];
    }
  }
}

/** What comes after it comes last: those that were moved to the end may stand behind the one that was added last. */
async function lastPlace({ id, lastPosition }: AlbumRow, state: PersonState): Promise<number> {
  const greatest = await state.greatest("albumPhotos", "position", "albumId", id);
  return Math.max(lastPosition, greatest ?? lastPosition);
}

async function movePhotos(
  { photoIds, before }: Extract<AlbumCommand, { kind: "move-in-album" }>,
  albumId: string,
  state: PersonState,
): Promise<readonly Effect[]> {
  const moving = distinct(photoIds);
  const places = await state.find("albumPhotos", "albumId", albumId);
  const byId = new Map(places.map((place) => [place.photoId, place.position]));
  for (const id of before === null ? moving : [...moving, before]) {
    if (!byId.has(id)) throw new PhotoNotInAlbumError(albumId, id);
  }
  if (before !== null && moving.includes(before)) {
    throw new InvalidCommandError(`photo '${before}' cannot come to stand before itself`);
  }
  const photos = placesMoved(places, moving, before).filter(
    ({ photoId, position }) => byId.get(photoId) !== position,
  );
  return photos.length === 0 ? [] : [{ kind: "album-photos-moved", albumId, photos }];
}

/** What takes photos out of an album. One of them may have been its cover. */
export function leavingAlbum(album: AlbumRow, photoIds: readonly string[]): Effect[] {
  const leaving: Effect = { kind: "album-photos-removed", albumId: album.id, photoIds: [...photoIds] };
  if (album.coverPhotoId === null || !photoIds.includes(album.coverPhotoId)) return [leaving];
  return [leaving, { kind: "album-edited", albumId: album.id, changes: { coverPhotoId: null } }];
}

/** @throws PhotoNotFoundError, PhotoInTrashError, InvalidCommandError */
async function shownPhotos(photoIds: readonly string[], state: PersonState): Promise<readonly string[]> {
  const named = distinct(photoIds);
  for (const id of named) {
    const photo = await state.get("photos", id);
    if (photo === undefined || photo.state === "purging") throw new PhotoNotFoundError(id);
    if (photo.deletedAt !== null) throw new PhotoInTrashError(id);
  }
  return named;
}

async function membersAmong(
  photoIds: readonly string[],
  albumId: string,
  state: PersonState,
): Promise<ReadonlySet<string>> {
  const members = new Set<string>();
  for (const id of photoIds) {
    if (await state.get("albumPhotos", memberKey(albumId, id))) members.add(id);
  }
  return members;
}

function distinct(photoIds: readonly string[]): readonly string[] {
  if (photoIds.length > albumLimits.photosAtOnce) {
    throw new InvalidCommandError(
      `one change names at most ${albumLimits.photosAtOnce} photos, got ${photoIds.length}: make several of it`,
    );
  }
  return [...new Set(photoIds)];
}
