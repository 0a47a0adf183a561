import { expect, onTestFinished, test, vi } from "vitest";
import { albumLimits } from "../../app/catalog/album.ts";
import type { Catalog } from "../../app/catalog/catalog.ts";
import type { AlbumCommand, PhotoCommand } from "../../app/catalog/command.ts";
import { DuckDbView } from "../../app/catalog/duckdb/duckdb-view.ts";
import { add, newKey, openCatalog, person, scratchFolder } from "./fixtures.ts";

const execute = (catalog: Catalog, command: AlbumCommand | PhotoCommand) =>
  catalog.execute(person, command, { idempotencyKey: newKey() });

async function withPhotos(...ids: readonly string[]) {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  await Promise.all(ids.map((id) => add(catalog, id)));
  return { folder, catalog };
}

const create = (catalog: Catalog, photoIds: readonly string[] = []) =>
  execute(catalog, { kind: "create-album", album: { id: "a1", title: "Summer", photoIds } });

const order = async (catalog: Catalog, albumId = "a1") =>
  (await catalog.albumPhotos(person, albumId, {})).photos.map(({ id }) => id);

test("an album has its photos in the order they were given, also for a catalog opened later", async () => {
  const { folder, catalog } = await withPhotos("p1", "p2", "p3", "p4");
  const { album } = await create(catalog, ["p3", "p1", "p3"]);
  expect(album).toEqual({
    id: "a1",
    title: "Summer",
    description: null,
    coverPhotoId: null,
    sharedWith: [],
    createdDate: expect.stringMatching(/Z$/),
    updatedDate: album?.createdDate,
    version: 1,
    photoCount: 2,
  });
  const added = await execute(catalog, { kind: "add-to-album", albumId: "a1", photoIds: ["p1", "p4"] });
  expect(added.album).toMatchObject({ photoCount: 3, version: 1 });
  expect(await order(catalog)).toEqual(["p3", "p1", "p4"]);
  await catalog.close();
  const later = await openCatalog(folder);
  expect(await order(later)).toEqual(["p3", "p1", "p4"]);
  expect(await later.album(person, "a1")).toEqual({ ...added.album, shownCount: 3, shownCoverId: "p3" });
});

test("photos come and go at once and in any number of albums", async () => {
  const ids = Array.from({ length: 30 }, (_, index) => `p${index}`);
  const { catalog } = await withPhotos(...ids);
  await create(catalog);
  await execute(catalog, { kind: "create-album", album: { id: "a2", title: "Other", photoIds: ["p7"] } });
  await Promise.all(
    ids.map((id) => execute(catalog, { kind: "add-to-album", albumId: "a1", photoIds: [id, "p0"] })),
  );
  expect((await order(catalog)).toSorted()).toEqual(ids.toSorted());
  const command = { kind: "remove-from-album", albumId: "a1", photoIds: ["p7", "p8", "none"] } as const;
  const [{ album }] = await Promise.all([execute(catalog, command), execute(catalog, command)]);
  expect(album?.photoCount).toBe(28);
  expect(await order(catalog, "a2")).toEqual(["p7"]);
});

test.each<[string, readonly string[], string | null, readonly string[]]>([
  ["to the front", ["p4"], "p1", ["p4", "p1", "p2", "p3"]],
  ["to the end", ["p1"], null, ["p2", "p3", "p4", "p1"]],
  ["several into the middle, in their new order", ["p4", "p1"], "p3", ["p2", "p4", "p1", "p3"]],
  ["nowhere", ["p2"], "p3", ["p1", "p2", "p3", "p4"]],
])("photos are moved %s", async (_where, photoIds, before, expected) => {
  const { catalog } = await withPhotos("p1", "p2", "p3", "p4");
  await create(catalog, ["p1", "p2", "p3", "p4"]);
  await execute(catalog, { kind: "move-in-album", albumId: "a1", photoIds, before });
  expect(await order(catalog)).toEqual(expected);
  await add(catalog, "p5");
  await execute(catalog, { kind: "add-to-album", albumId: "a1", photoIds: ["p5"] });
  expect(await order(catalog)).toEqual([...expected, "p5"]);
});

test("a photo of the trash is shown in no album until it is restored; one deleted for good is in none", async () => {
  const { catalog } = await withPhotos("p1", "p2");
  await create(catalog, ["p1", "p2"]);
  await execute(catalog, { kind: "edit-album", albumId: "a1", edit: { coverPhotoId: "p1" } });
  await execute(catalog, { kind: "trash-photo", photoId: "p1" });
  expect(await order(catalog)).toEqual(["p2"]);
  expect(await catalog.album(person, "a1")).toMatchObject({
    shownCount: 1,
    shownCoverId: "p2",
    photoCount: 2,
  });
  await execute(catalog, { kind: "restore-photo", photoId: "p1" });
  expect(await order(catalog)).toEqual(["p1", "p2"]);
  await execute(catalog, { kind: "trash-photo", photoId: "p1" });
  await execute(catalog, { kind: "purge-photo", photoId: "p1" });
  expect(await catalog.album(person, "a1")).toMatchObject({ coverPhotoId: null, photoCount: 1 });
});

test("an edit changes what it names, counts versions and refuses a stale one", async () => {
  const { catalog } = await withPhotos("p1");
  await create(catalog, ["p1"]);
  const edit = {
    title: " Winter ",
    description: "Cold",
    coverPhotoId: "p1",
    sharedWith: ["c2", "c1", "c2", person],
  };
  const { album, sequence } = await execute(catalog, {
    kind: "edit-album",
    albumId: "a1",
    edit,
    expectedVersion: 1,
  });
  const expected = {
    title: "Winter",
    description: "Cold",
    coverPhotoId: "p1",
    sharedWith: ["c1", "c2"],
    version: 2,
  };
  expect(album).toMatchObject(expected);
  expect((await execute(catalog, { kind: "edit-album", albumId: "a1", edit })).sequence).toBe(sequence);
  const stale = execute(catalog, { kind: "edit-album", albumId: "a1", edit, expectedVersion: 1 });
  await expect(stale).rejects.toMatchObject({ code: "album-changed", expectedVersion: 1, version: 2 });
});

test("deleting an album leaves its photos, and its id may be used again", async () => {
  const { catalog } = await withPhotos("p1");
  await create(catalog, ["p1"]);
  const { album } = await execute(catalog, { kind: "delete-album", albumId: "a1" });
  expect(album).toBeUndefined();
  expect(await catalog.albums(person, {})).toEqual({ albums: [], nextCursor: undefined });
  expect(await catalog.photo(person, "p1")).toBeDefined();
  await create(catalog);
  expect(await order(catalog)).toEqual([]);
});

test("what cannot be done is refused by name, and nothing is written", async () => {
  const { catalog } = await withPhotos("p1", "p2", "trashed");
  await create(catalog, ["p1"]);
  const { sequence } = await execute(catalog, { kind: "trash-photo", photoId: "trashed" });
  const refusals: readonly [string, AlbumCommand][] = [
    ["album-exists", { kind: "create-album", album: { id: "a1", title: "Again" } }],
    ["invalid-command", { kind: "create-album", album: { id: "../a", title: "No id" } }],
    ["invalid-command", { kind: "create-album", album: { id: "a2", title: " \n " } }],
    ["invalid-command", { kind: "edit-album", albumId: "a1", edit: { title: "x".repeat(201) } }],
    ["invalid-command", { kind: "edit-album", albumId: "a1", edit: { sharedWith: ["not an id"] } }],
    ["invalid-command", { kind: "edit-album", albumId: "a1", edit: { sharedWith: Array(101).fill("c") } }],
    ["photo-not-in-album", { kind: "edit-album", albumId: "a1", edit: { coverPhotoId: "p2" } }],
    ["photo-not-found", { kind: "add-to-album", albumId: "a1", photoIds: ["none"] }],
    ["photo-in-trash", { kind: "add-to-album", albumId: "a1", photoIds: ["trashed"] }],
    ["invalid-command", { kind: "add-to-album", albumId: "a1", photoIds: Array(1001).fill("p1") }],
    ["photo-not-in-album", { kind: "move-in-album", albumId: "a1", photoIds: ["p2"], before: null }],
    ["photo-not-in-album", { kind: "move-in-album", albumId: "a1", photoIds: ["p1"], before: "p2" }],
    ["invalid-command", { kind: "move-in-album", albumId: "a1", photoIds: ["p1"], before: "p1" }],
    ["album-not-found", { kind: "add-to-album", albumId: "none", photoIds: [] }],
    ["album-not-found", { kind: "delete-album", albumId: "none" }],
  ];
  for (const [code, command] of refusals) {
    await expect(execute(catalog, command)).rejects.toMatchObject({ code });
  }
  const probe = await execute(catalog, { kind: "remove-from-album", albumId: "a1", photoIds: [] });
  expect(probe.sequence).toBe(sequence);
});

test("there are bounds for the albums of a person", async () => {
  const { catalog } = await withPhotos();
  const ids = Array.from({ length: albumLimits.albums }, (_, index) => `a${index}`);
  await Promise.all(
    ids.map((id) => execute(catalog, { kind: "create-album", album: { id, title: "One of many" } })),
  );
  const more = execute(catalog, { kind: "create-album", album: { id: "more", title: "One too many" } });
  await expect(more).rejects.toMatchObject({ code: "too-many-albums", limit: 1000 });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await catalog.albums(person, { limit: 150, ...(cursor !== undefined && { cursor }) });
    seen.push(...page.albums.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(seen.toSorted()).toEqual(ids.toSorted());
});

test("what is added comes last, also after others were moved to the end, and in one entry with that", async () => {
  const { catalog } = await withPhotos("a", "b", "c", "d", "e");
  await create(catalog, ["c", "b", "a"]);
  const moveToEnd = (photoId: string) =>
    execute(catalog, { kind: "move-in-album", albumId: "a1", photoIds: [photoId], before: null });
  const addTo = (photoId: string) =>
    execute(catalog, { kind: "add-to-album", albumId: "a1", photoIds: [photoId] });
  await moveToEnd("c");
  await moveToEnd("b");
  await addTo("d");
  expect(await order(catalog)).toEqual(["a", "c", "b", "d"]);
  const [moved, added] = await Promise.all([moveToEnd("a"), addTo("e")]);
  expect(moved.sequence).toBe(added.sequence);
  expect(await order(catalog)).toEqual(["c", "b", "d", "a", "e"]);
});

test("what is added in one entry with a move to the end comes after what was moved, not beside it", async () => {
  const { catalog } = await withPhotos("a", "b", "z");
  await create(catalog, ["z", "b"]);
  const [moved, added] = await Promise.all([
    execute(catalog, { kind: "move-in-album", albumId: "a1", photoIds: ["z"], before: null }),
    execute(catalog, { kind: "add-to-album", albumId: "a1", photoIds: ["a"] }),
  ]);
  expect(moved.sequence).toBe(added.sequence);
  expect(await order(catalog)).toEqual(["b", "z", "a"]);
});

test("what comes back into an album stands last, not beside one that was added since", async () => {
  const { catalog } = await withPhotos("a", "b", "c");
  await create(catalog, ["a", "b"]);
  await execute(catalog, { kind: "move-in-album", albumId: "a1", photoIds: ["a"], before: null });
  await execute(catalog, { kind: "remove-from-album", albumId: "a1", photoIds: ["a"] });
  await execute(catalog, { kind: "add-to-album", albumId: "a1", photoIds: ["c"] });
  await execute(catalog, { kind: "add-to-album", albumId: "a1", photoIds: ["a"] });
  expect(await order(catalog)).toEqual(["b", "c", "a"]);
});

test("adding to an album reads as many rows for a large one as for a small one", async () => {
  const ids = Array.from({ length: 40 }, (_, index) => `p${index}`);
  const { catalog } = await withPhotos(...ids, "x", "y", "z");
  await create(catalog, ids);
  await execute(catalog, { kind: "create-album", album: { id: "small", title: "Small", photoIds: ["p1"] } });
  const find = vi.spyOn(DuckDbView.prototype, "find");
  onTestFinished(() => find.mockRestore());
  const rowsReadFor = async (albumId: string, ...photoIds: string[]) => {
    find.mockClear();
    await Promise.all(
      photoIds.map((id) => execute(catalog, { kind: "add-to-album", albumId, photoIds: [id] })),
    );
    const answers = await Promise.all(find.mock.settledResults.map(({ value }) => value));
    return answers.flat().filter((row) => row?.["albumId"] !== undefined).length;
  };
  expect([await rowsReadFor("small", "x"), await rowsReadFor("a1", "x")]).toEqual([0, 0]);
  expect(await rowsReadFor("a1", "y", "z")).toBe(0);
  expect(await order(catalog)).toEqual([...ids, "x", "y", "z"]);
});
