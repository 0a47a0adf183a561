import { join } from "node:path";
import { expect, test } from "vitest";
import type { Catalog } from "../../app/catalog/catalog.ts";
import type { Command } from "../../app/catalog/command.ts";
import {
  EntryNotFoundError,
  EntryNotUndoableError,
  EntryOvertakenError,
} from "../../app/catalog/person/undo-errors.ts";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { decodeEntry, encodeEntry, hashRequest } from "../../app/catalog/protocol/entry.ts";
import { entryName } from "../../app/catalog/protocol/log.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { IdempotencyKeyReusedError } from "../../app/catalog/protocol/errors.ts";
import { touchedRows } from "../../app/catalog/history/touched-rows.ts";
import { add, newKey, openCatalog, person, scratchFolder } from "./fixtures.ts";

async function run(catalog: Catalog, command: Command): Promise<number> {
  return (await catalog.execute(person, command, { idempotencyKey: newKey() })).sequence;
}

const undo = (catalog: Catalog, sequence: number, idempotencyKey = newKey()) =>
  catalog.undo(person, sequence, { idempotencyKey });

test("an edit is undone to what it was, and the undo can be undone", async () => {
  const catalog = await openCatalog(scratchFolder());
  await add(catalog, "a", { title: "First", tags: ["sea"] });
  await run(catalog, { kind: "edit-photo", photoId: "a", edit: { title: "Second" } });
  const edited = await run(catalog, {
    kind: "edit-photo",
    photoId: "a",
    edit: { title: "Third", tags: [], favorite: true },
  });
  // Of another field: nothing that the entry did rests on it.
  await run(catalog, { kind: "edit-photo", photoId: "a", edit: { description: "Later" } });
  const undone = await undo(catalog, edited);
  expect(undone.photo).toMatchObject({
    title: "Second",
    tags: ["sea"],
    favorite: false,
    description: "Later",
  });
  const redone = await undo(catalog, undone.sequence);
  expect(redone.photo).toMatchObject({ title: "Third", tags: [], favorite: true, description: "Later" });
});

test("what was changed since is not undone, and the refusal says what", async () => {
  const catalog = await openCatalog(scratchFolder());
  await add(catalog, "a");
  const first = await run(catalog, {
    kind: "edit-photo",
    photoId: "a",
    edit: { title: "One", favorite: true },
  });
  await run(catalog, { kind: "edit-photo", photoId: "a", edit: { title: "Two" } });
  await expect(undo(catalog, first)).rejects.toThrow(EntryOvertakenError);
  await expect(undo(catalog, first)).rejects.toThrow("photo 'a' has another 'title' since");
  expect(await catalog.photo(person, "a")).toMatchObject({ title: "Two", favorite: true });
});

test("trash and restore are undone; an added photo goes into the trash unless an album shows it", async () => {
  const catalog = await openCatalog(scratchFolder());
  const { sequence: added } = await add(catalog, "a");
  const trashed = await run(catalog, { kind: "trash-photo", photoId: "a" });
  const restored = await undo(catalog, trashed);
  expect(restored.photo?.deletedAt).toBeNull();
  expect((await undo(catalog, restored.sequence)).photo?.deletedAt).not.toBeNull();
  await expect(undo(catalog, trashed)).rejects.toThrow(EntryOvertakenError);
  await run(catalog, { kind: "restore-photo", photoId: "a" });
  const made = await run(catalog, {
    kind: "create-album",
    album: { id: "trip", title: "Trip", photoIds: ["a"] },
  });
  await expect(undo(catalog, added)).rejects.toThrow("photo 'a' is in album 'trip'");
  await undo(catalog, made);
  expect(await catalog.album(person, "trip")).toBeUndefined();
  expect((await undo(catalog, added)).photo?.deletedAt).not.toBeNull();
});

test("an album comes back with its photos in their order, its cover and its readers", async () => {
  const catalog = await openCatalog(scratchFolder());
  for (const id of ["a", "b", "c"]) await add(catalog, id);
  await run(catalog, {
    kind: "create-album",
    album: { id: "trip", title: "Trip", photoIds: ["a", "b", "c"] },
  });
  await run(catalog, { kind: "move-in-album", albumId: "trip", photoIds: ["c"], before: "a" });
  await run(catalog, {
    kind: "edit-album",
    albumId: "trip",
    edit: { coverPhotoId: "b", sharedWith: ["friend"] },
  });
  const deleted = await run(catalog, { kind: "delete-album", albumId: "trip" });
  await undo(catalog, deleted);
  const { photos } = await catalog.albumPhotos(person, "trip", {});
  expect(photos.map(({ id }) => id)).toEqual(["c", "a", "b"]);
  expect(await catalog.album(person, "trip")).toMatchObject({
    title: "Trip",
    coverPhotoId: "b",
    sharedWith: ["friend"],
    photoCount: 3,
  });
});

test("an album that shows another photo than it was made with is not undone away with that", async () => {
  const catalog = await openCatalog(scratchFolder());
  await add(catalog, "a");
  await add(catalog, "b");
  const album = { id: "trip", title: "Trip", photoIds: ["a"] };
  const made = await run(catalog, { kind: "create-album", album });
  await run(catalog, { kind: "add-to-album", albumId: "trip", photoIds: ["b"] });
  await run(catalog, { kind: "remove-from-album", albumId: "trip", photoIds: ["a"] });
  await expect(undo(catalog, made)).rejects.toThrow(EntryOvertakenError);
  await expect(undo(catalog, made)).rejects.toThrow(
    "photo 'a' was taken out of album 'trip', and another put into it",
  );
  expect(await catalog.album(person, "trip")).toMatchObject({ photoCount: 1 });
  await run(catalog, { kind: "remove-from-album", albumId: "trip", photoIds: ["b"] });
  await run(catalog, { kind: "add-to-album", albumId: "trip", photoIds: ["a"] });
  await undo(catalog, made);
  expect(await catalog.album(person, "trip")).toBeUndefined();
});

test("what one entry put into an album and took out again is no hindrance to undoing it", async () => {
  const catalog = await openCatalog(scratchFolder());
  for (const id of ["a", "b"]) await add(catalog, id);
  const album = { id: "trip", title: "Trip", photoIds: ["a", "b"] };
  const [made, left] = await Promise.all([
    run(catalog, { kind: "create-album", album }),
    run(catalog, { kind: "remove-from-album", albumId: "trip", photoIds: ["a"] }),
  ]);
  expect(left).toBe(made);
  await undo(catalog, made);
  expect(await catalog.album(person, "trip")).toBeUndefined();
});

test("photos put back into an album stand where they stood; moved ones too", async () => {
  const catalog = await openCatalog(scratchFolder());
  for (const id of ["a", "b", "c", "d"]) await add(catalog, id);
  await run(catalog, {
    kind: "create-album",
    album: { id: "trip", title: "Trip", photoIds: ["a", "b", "c"] },
  });
  const order = async () => (await catalog.albumPhotos(person, "trip", {})).photos.map(({ id }) => id);
  const removed = await run(catalog, { kind: "remove-from-album", albumId: "trip", photoIds: ["b"] });
  await run(catalog, { kind: "add-to-album", albumId: "trip", photoIds: ["d"] });
  await undo(catalog, removed);
  expect(await order()).toEqual(["a", "b", "c", "d"]);
  const moved = await run(catalog, { kind: "move-in-album", albumId: "trip", photoIds: ["d"], before: "a" });
  await undo(catalog, moved);
  expect(await order()).toEqual(["a", "b", "c", "d"]);
  await expect(undo(catalog, moved)).rejects.toThrow(EntryOvertakenError);
});

test("settings go back, and later ones stay", async () => {
  const catalog = await openCatalog(scratchFolder());
  await run(catalog, { kind: "see-sign-in", email: "a@example.com", name: null });
  const changed = await run(catalog, { kind: "change-settings", settings: { privateByDefault: false } });
  await undo(catalog, changed);
  expect((await catalog.profile(person))?.settings).toEqual({ privateByDefault: true });
  await expect(undo(catalog, changed)).rejects.toThrow(EntryOvertakenError);
});

test("what cannot be undone is refused by its name", async () => {
  const catalog = await openCatalog(scratchFolder());
  const signedIn = await run(catalog, { kind: "see-sign-in", email: "a@example.com", name: null });
  await expect(undo(catalog, signedIn)).rejects.toThrow(EntryNotUndoableError);
  await expect(undo(catalog, 7)).rejects.toThrow(EntryNotFoundError);
  const { sequence: added } = await add(catalog, "a");
  await run(catalog, { kind: "trash-photo", photoId: "a" });
  const purging = await run(catalog, { kind: "purge-photo", photoId: "a" });
  await run(catalog, { kind: "finish-purge", photoId: "a" });
  await expect(undo(catalog, purging)).rejects.toThrow(EntryNotUndoableError);
  await expect(undo(catalog, added)).rejects.toThrow("photo 'a' was deleted for good");
});

test("the same key undoes once, and for one entry only", async () => {
  const catalog = await openCatalog(scratchFolder());
  await add(catalog, "a");
  const edited = await run(catalog, { kind: "favorite-photo", photoId: "a", favorite: true });
  const once = await undo(catalog, edited, "undo-1");
  expect((await undo(catalog, edited, "undo-1")).sequence).toBe(once.sequence);
  await expect(undo(catalog, once.sequence, "undo-1")).rejects.toThrow(IdempotencyKeyReusedError);
});

test("an undo is repeated under its key also where its rows are redacted since, or read with other columns", async () => {
  const catalog = await openCatalog(scratchFolder());
  const { sequence } = await add(catalog, "a");
  const undoing = (title: string): Command => ({
    kind: "undo-entry",
    sequence,
    touched: [{ table: "photos", key: "a", before: null, after: { title, deletedAt: null } }],
  });
  const once = await undo(catalog, sequence, "k");
  for (const title of ["Sea", ""]) {
    const again = await catalog.execute(person, undoing(title), { idempotencyKey: "k" });
    expect(again.sequence).toBe(once.sequence);
  }
  const other = { ...undoing("Sea"), sequence: once.sequence };
  await expect(catalog.execute(person, other, { idempotencyKey: "k" })).rejects.toThrow(
    IdempotencyKeyReusedError,
  );
});

test("an undo that an earlier release made is repeated under its key: it hashed the rows too", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  const { sequence } = await add(catalog, "a");
  const once = await undo(catalog, sequence, "k");
  await catalog.close();
  const store = new DiskObjectStore(join(folder, "records"));
  const name = entryName(person, once.sequence);
  const found = await store.read(name);
  const entry = decodeEntry(found?.bytes ?? new Uint8Array(), once.sequence, personModel);
  const touched = await touchedRows(store, person, sequence);
  const request = hashRequest({ kind: "undo-entry", sequence, touched });
  const commands = entry.commands.map((command) => ({ ...command, request }));
  await store.put(name, encodeEntry({ ...entry, commands }), { contentType: "application/json" });

  const later = await openCatalog(scratchFolder(), { records: store });
  expect((await undo(later, sequence, "k")).sequence).toBe(once.sequence);
});
