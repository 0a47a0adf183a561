import type { UndoCommand } from "../command.ts";
import type { TouchedRow } from "../touched-row.ts";
import type { Need } from "../protocol/model.ts";
import type { Row } from "../protocol/tables.ts";
import type { Effect } from "./effects.ts";
import type { PersonDecision, PersonState } from "./person-state.ts";
import { leavingShares } from "./share-commands.ts";
import type { ShareEnded } from "./share-effects.ts";
import { type PersonTables, type UserRow, memberKey } from "./tables.ts";
import { undoAlbums } from "./undo-albums.ts";
import { checkUnchanged, differing } from "./unchanged-row.ts";
import { EntryNotUndoableError, EntryOvertakenError } from "./undo-errors.ts";

/** Rows that deciding asks for. */
export function undoNeeds({ touched }: UndoCommand): readonly Need<PersonTables>[] {
  return touched.map(({ table, key }) => ({ table, value: key }));
}

/**
 * Makes what the entry changed what it was before, by ordinary effects; so an undo can be undone itself. Where
 * anything that the entry did has been changed since, nothing is undone.
 *
 * @throws EntryOvertakenError, EntryNotUndoableError
 */
export async function undoEntry(
  command: UndoCommand,
  state: PersonState,
  user: UserRow,
): Promise<PersonDecision> {
  const { sequence, touched } = command;
  const albums = await undoAlbums(command, state, user.id);
  const shares = await undoShares(command, state);
  const photos = await undoPhotos(command, state, [...albums, ...shares]);
  const effects = [...albums, ...photos, ...shares, ...undoSettings(command, user)];
  if (effects.length === 0) throw new EntryNotUndoableError(sequence);
  const subjects = touched.filter(({ table }) => table === "photos" || table === "albums");
  const [only, ...others] = subjects;
  return { effects, bytes: 0, subject: only !== undefined && others.length === 0 ? only.key : null };
}

const editable = ["title", "description", "tags", "private", "favorite"] as const;

/** @param besides what is undone of albums and shares */
async function undoPhotos(
  { sequence, touched }: UndoCommand,
  state: PersonState,
  besides: readonly Effect[],
): Promise<Effect[]> {
  const leftBefore = new Set(besides.flatMap(leftPlaces));
  const effects: Effect[] = [];
  const hidden: string[] = [];
  for (const { table, key: photoId, before, after } of touched) {
    if (table !== "photos") continue;
    if (after === null || after["state"] === "purging") throw new EntryNotUndoableError(sequence);
    const photo = await state.get("photos", photoId);
    const names =
      before === null ? [...editable, "deletedAt"] : differing(before, after, [...editable, "deletedAt"]);
    if (names.length === 0) continue;
    if (photo === undefined || photo.state === "purging") {
      throw new EntryOvertakenError(sequence, photoId, `photo '${photoId}' was deleted for good`);
    }
    checkUnchanged(sequence, `photo '${photoId}'`, { key: photoId, row: photo, after, names });
    if (before === null) {
      await checkAlone(sequence, photoId, state, leftBefore);
      effects.push({ kind: "photo-trashed", photoId });
      continue;
    }
    const edited = names.filter((name) => name !== "deletedAt");
    const changes = Object.fromEntries(edited.map((name) => [name, before[name]]));
    if (edited.length > 0) effects.push({ kind: "photo-edited", photoId, changes });
    const isTrashed = names.includes("deletedAt") && before["deletedAt"] !== null;
    if (isTrashed) effects.push({ kind: "photo-trashed", photoId });
    else if (names.includes("deletedAt")) effects.push({ kind: "photo-restored", photoId });
    if (isTrashed || changes["private"] === true) hidden.push(photoId);
  }
  const ended = new Set(besides.flatMap((effect) => (effect.kind === "share-ended" ? [effect.shareId] : [])));
  const leaving = (await leavingShares(hidden, state)).filter(({ shareId }) => !ended.has(shareId));
  return [...effects, ...leaving];
}

/** Keys of the places in albums and shares that the effect takes a photo out of. */
function leftPlaces(effect: Effect): readonly string[] {
  switch (effect.kind) {
    case "album-photos-removed":
      return effect.photoIds.map((photoId) => memberKey(effect.albumId, photoId));
    case "share-ended":
      return effect.photoIds.map((photoId) => memberKey(effect.shareId, photoId));
    default:
      return [];
  }
}

/**
 * @param left keys of places that the same undo takes photos out of
 * @throws EntryOvertakenError when an album or a share shows the photo: it goes out of these first
 */
async function checkAlone(
  sequence: number,
  photoId: string,
  state: PersonState,
  left: ReadonlySet<string>,
): Promise<void> {
  const albums = await state.find("albumPhotos", "photoId", photoId);
  const album = albums.find(({ id }) => !left.has(id));
  if (album !== undefined) {
    throw new EntryOvertakenError(sequence, photoId, `photo '${photoId}' is in album '${album.albumId}'`);
  }
  const shares = await state.find("sharePhotos", "photoId", photoId);
  const share = shares.find(({ id }) => !left.has(id));
  if (share !== undefined) {
    throw new EntryOvertakenError(sequence, photoId, `share '${share.shareId}' shows photo '${photoId}'`);
  }
}

/** Opening a share is undone by ending it. One that ended stays so: its visitors were told. */
async function undoShares({ sequence, touched }: UndoCommand, state: PersonState): Promise<ShareEnded[]> {
  const effects: ShareEnded[] = [];
  for (const { table, key: shareId, before } of touched) {
    if (table !== "shares" || before !== null) continue;
    const share = await state.get("shares", shareId);
    if (share?.state !== "open") {
      throw new EntryOvertakenError(sequence, shareId, `share '${shareId}' has ended already`);
    }
    const shown = await state.find("sharePhotos", "shareId", shareId);
    effects.push({ kind: "share-ended", shareId, photoIds: shown.map(({ photoId }) => photoId).toSorted() });
  }
  return effects;
}

function undoSettings({ sequence, touched }: UndoCommand, user: UserRow): Effect[] {
  const found = touched.find(({ table }) => table === "users");
  const [before, after] = [settingsOf(found?.before), settingsOf(found?.after)];
  const names = differing(before, after, Object.keys({ ...before, ...after }));
  if (names.length === 0) return [];
  checkUnchanged(sequence, "the settings", { key: user.id, row: rowOf(user.settings), after, names });
  const kept = Object.entries({ ...user.settings }).filter(([name]) => !names.includes(name));
  const back = names.filter((name) => name in before).map((name) => [name, before[name]] as const);
  return [{ kind: "settings-changed", settings: Object.fromEntries([...kept, ...back]) }];
}

function settingsOf(row: TouchedRow["before"] | undefined): Row {
  return rowOf(row?.["settings"] ?? {});
}

function rowOf(value: unknown): Row {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- settings hold what JSON holds, which is compared only
  return value as Row;
}
