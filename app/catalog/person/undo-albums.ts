import { albumLimits } from "../album.ts";
import type { UndoCommand } from "../command.ts";
import type { TouchedRow } from "../touched-row.ts";
import type { Row } from "../protocol/tables.ts";
import { leavingAlbum } from "./album-commands.ts";
import { AlbumFullError, TooManyAlbumsError } from "./album-errors.ts";
import { type Place as AlbumPlace, placesAfter } from "./album-order.ts";
import type { Effect } from "./effects.ts";
import type { PersonState } from "./person-state.ts";
import { type AlbumRow, memberKey } from "./tables.ts";
import { checkUnchanged, differing } from "./unchanged-row.ts";
import { EntryOvertakenError } from "./undo-errors.ts";

const editable = ["title", "description", "coverPhotoId", "sharedWith"] as const;

interface Place {
  readonly albumId: string;
  readonly photoId: string;
  readonly before: number | null;
  readonly after: number | null;
}

/** @throws EntryOvertakenError, AlbumFullError, TooManyAlbumsError */
export async function undoAlbums(command: UndoCommand, state: PersonState, owner: string): Promise<Effect[]> {
  const { sequence, touched } = command;
  const albums = new Map(
    touched.filter(({ table }) => table === "albums").map((album) => [album.key, album]),
  );
  const places = Map.groupBy(
    touched
      // One that the entry put into an album and took out again is no place.
      .filter(({ table, before, after }) => table === "albumPhotos" && (before ?? after) !== null)
      .map(placeOf),
    ({ albumId }) => albumId,
  );
  const effects: Effect[] = [];
  for (const albumId of new Set([...albums.keys(), ...places.keys()])) {
    const inIt = places.get(albumId) ?? [];
    const { before = null, after = null } = albums.get(albumId) ?? {};
    if (after === null && before !== null) {
      effects.push(...(await bringBack(sequence, albumId, { before, places: inIt }, state)));
      continue;
    }
    const album = await state.get("albums", albumId);
    if (album === undefined) {
      throw new EntryOvertakenError(sequence, albumId, `album '${albumId}' was deleted`);
    }
    if (before === null && after !== null)
      effects.push(...(await remove(sequence, album, { after, places: inIt }, state)));
    else {
      effects.push(...(await undoPlaces(sequence, album, inIt, state)));
      if (before !== null && after !== null) {
        effects.push(...(await undoEdit(sequence, album, { before, after, places: inIt }, state)));
      }
    }
  }
  await checkRoomForAlbums(effects, state, owner);
  return effects;
}

/** @throws TooManyAlbumsError */
async function checkRoomForAlbums(
  effects: readonly Effect[],
  state: PersonState,
  owner: string,
): Promise<void> {
  const counted = (kind: Effect["kind"]) => effects.filter((effect) => effect.kind === kind).length;
  const created = counted("album-created");
  if (created === 0) return;
  const there = (await state.find("albums", "userId", owner)).length;
  if (there + created - counted("album-deleted") > albumLimits.albums)
    throw new TooManyAlbumsError(albumLimits.albums);
}

function placeOf({ before, after }: TouchedRow): Place {
  const row = before ?? after ?? {};
  return {
    albumId: textAt(row, "albumId") ?? "",
    photoId: textAt(row, "photoId") ?? "",
    before: before === null ? null : Number(before["position"]),
    after: after === null ? null : Number(after["position"]),
  };
}

/** The album was made by the entry: it goes, with the photos that came with it and no others. */
async function remove(
  sequence: number,
  album: AlbumRow,
  { after, places }: { after: Row; places: readonly Place[] },
  state: PersonState,
): Promise<Effect[]> {
  const names = [...editable, "photoCount"];
  checkUnchanged(sequence, `album '${album.id}'`, { key: album.id, row: album, after, names });
  const members = await state.find("albumPhotos", "albumId", album.id);
  const photoIds = members.map(({ photoId }) => photoId).toSorted();
  // As many are in it as came with it: is one of these out of it, another has come.
  const missing = places.find(({ photoId }) => !photoIds.includes(photoId));
  if (missing !== undefined) {
    const reason = `photo '${missing.photoId}' was taken out of album '${album.id}', and another put into it`;
    throw new EntryOvertakenError(sequence, album.id, reason);
  }
  const leaving = photoIds.length > 0 ? leavingAlbum(album, photoIds) : [];
  return [...leaving, { kind: "album-deleted", albumId: album.id }];
}

async function bringBack(
  sequence: number,
  albumId: string,
  { before, places }: { before: Row; places: readonly Place[] },
  state: PersonState,
): Promise<Effect[]> {
  if (await state.get("albums", albumId)) {
    throw new EntryOvertakenError(sequence, albumId, `album '${albumId}' was made anew`);
  }
  const photos = places
    .map(({ photoId, before: position }) => ({ photoId, position: position ?? 0 }))
    .toSorted((one, other) => one.position - other.position);
  for (const { photoId } of photos) await checkThere(sequence, photoId, state);
  const { coverPhotoId, sharedWith } = before;
  const changes = {
    ...(typeof coverPhotoId === "string" && { coverPhotoId }),
    ...(Array.isArray(sharedWith) && sharedWith.length > 0 && { sharedWith: [...sharedWith] }),
  };
  return [
    {
      kind: "album-created",
      albumId,
      title: textAt(before, "title") ?? "",
      description: textAt(before, "description"),
    },
    ...(photos.length > 0 ? [{ kind: "album-photos-added", albumId, photos } as const] : []),
    ...(Object.keys(changes).length > 0 ? [{ kind: "album-edited", albumId, changes } as const] : []),
  ];
}

async function undoPlaces(
  sequence: number,
  album: AlbumRow,
  places: readonly Place[],
  state: PersonState,
): Promise<Effect[]> {
  const albumId = album.id;
  const gone: string[] = [];
  const back: AlbumPlace[] = [];
  const moved: AlbumPlace[] = [];
  for (const { photoId, before, after } of places) {
    const now = (await state.get("albumPhotos", memberKey(albumId, photoId)))?.position ?? null;
    if ((now === null) !== (after === null) || (before !== null && now !== after)) {
      const reason = `photo '${photoId}' was put elsewhere in album '${albumId}', or out of it, or into it`;
      throw new EntryOvertakenError(sequence, albumId, reason);
    }
    if (before === null) gone.push(photoId);
    else if (after === null) back.push({ photoId, position: before });
    else moved.push({ photoId, position: before });
  }
  for (const { photoId } of back) await checkThere(sequence, photoId, state);
  const staying = album.photoCount - gone.length;
  if (staying + back.length > albumLimits.photos) {
    throw new AlbumFullError(albumId, staying, back.length, albumLimits.photos);
  }
  const effects: Effect[] = gone.length > 0 ? leavingAlbum(album, gone.toSorted()) : [];
  if (back.length > 0) {
    // At the end first: what is added last is what later ones come after.
    const photos = placesAfter(
      album.lastPosition,
      back.map(({ photoId }) => photoId),
    );
    effects.push({ kind: "album-photos-added", albumId, photos });
  }
  const positions = [...back, ...moved];
  if (positions.length > 0) effects.push({ kind: "album-photos-moved", albumId, photos: positions });
  return effects;
}

async function undoEdit(
  sequence: number,
  album: AlbumRow,
  { before, after, places }: { before: Row; after: Row; places: readonly Place[] },
  state: PersonState,
): Promise<Effect[]> {
  const names = differing(before, after, editable);
  if (names.length === 0) return [];
  checkUnchanged(sequence, `album '${album.id}'`, { key: album.id, row: album, after, names });
  const changes = Object.fromEntries(names.map((name) => [name, before[name]]));
  const cover = changes["coverPhotoId"];
  if (typeof cover === "string") {
    const comesBack = places.some(({ photoId, before: place }) => photoId === cover && place !== null);
    if (!comesBack && !(await state.get("albumPhotos", memberKey(album.id, cover)))) {
      throw new EntryOvertakenError(
        sequence,
        album.id,
        `photo '${cover}' is not in album '${album.id}' any more`,
      );
    }
  }
  return [{ kind: "album-edited", albumId: album.id, changes }];
}

async function checkThere(sequence: number, photoId: string, state: PersonState): Promise<void> {
  const photo = await state.get("photos", photoId);
  if (photo !== undefined && photo.state !== "purging") return;
  throw new EntryOvertakenError(sequence, photoId, `photo '${photoId}' was deleted for good`);
}

function textAt(row: Row, name: string): string | null {
  const value = row[name];
  return typeof value === "string" ? value : null;
}
