import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Catalog } from "../../app/catalog/catalog.ts";
import { InvalidCursorError } from "../../app/catalog/cursor.ts";
import { InvalidFilterError, type PhotoFilter } from "../../app/catalog/photo-filter.ts";
import { fillCatalog, filters, meets } from "./filter-fixture.ts";
import { add, newKey, openCatalog, person, scratchFolder } from "./fixtures.ts";

/** Page after page. */
async function idsOf(catalog: Catalog, filter: PhotoFilter, limit = 200): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await catalog.photos(person, { ...filter, limit, ...(cursor !== undefined && { cursor }) });
    ids.push(...page.photos.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return ids;
}

test("whatever is filtered by, exactly the photos that meet it come, the newest first, whatever the page's size", async () => {
  const catalog = await openCatalog(scratchFolder());
  await fillCatalog(catalog);
  const all = [...(await catalog.everyPhoto(person, { limit: 1000 }))].toSorted(
    (a, b) => (b.takenAt ?? "").localeCompare(a.takenAt ?? "") || b.id.localeCompare(a.id),
  );
  const { photos } = await catalog.albumPhotos(person, "album", { limit: 200 });
  const album = new Set(photos.map(({ id }) => id));
  expect(album.size).toBeGreaterThan(10);
  await fc.assert(
    fc.asyncProperty(filters, fc.integer({ min: 1, max: 20 }), async (filter, limit) => {
      const expected = all.filter((photo) => meets(photo, filter, album)).map(({ id }) => id);
      expect(await idsOf(catalog, filter, limit)).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

test("pages of a filter stay what they were while photos come and go around them", async () => {
  const catalog = await openCatalog(scratchFolder());
  await fillCatalog(catalog);
  const filter = { tags: ["Sea"] };
  const before = await idsOf(catalog, filter);
  const first = await catalog.photos(person, { ...filter, limit: 5 });
  await add(catalog, "newer", { tags: ["Sea"], takenAt: "2030-01-01T00:00:00" });
  await add(catalog, "same-time", { tags: ["Sea"], takenAt: first.photos.at(-1)?.takenAt ?? null });
  const trashed = before[1];
  await catalog.execute(
    person,
    { kind: "trash-photo", photoId: trashed ?? "" },
    { idempotencyKey: newKey() },
  );
  const rest: string[] = [];
  let cursor = first.nextCursor;
  while (cursor !== undefined) {
    const page = await catalog.photos(person, { ...filter, limit: 7, cursor });
    rest.push(...page.photos.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  // What came meanwhile comes only where the list had not been yet.
  expect(rest.filter((id) => id !== "same-time")).toEqual(before.slice(5));
});

test.each([
  ["alesund", "Søndag i Ålesund"],
  ["SØN", "Søndag i Ålesund"],
  ["sea sunday", "Sunday at sea"],
])("searching for %j finds %j, whatever case, accents and order", async (search, title) => {
  const catalog = await openCatalog(scratchFolder());
  await add(catalog, "one", { title });
  await add(catalog, "other", { title: "Else" });
  expect(await idsOf(catalog, { search })).toEqual(["one"]);
});

test("words are found in title, description, tags, camera, lens and file name, by their beginning only", async () => {
  const catalog = await openCatalog(scratchFolder());
  await add(catalog, "1", { title: "Harbour" });
  await add(catalog, "2", { description: "In the harbour" });
  await add(catalog, "3", { tags: ["sea", "Harbour"] });
  await add(catalog, "4", { camera: "Harbour 7" });
  await add(catalog, "5", { lens: "Harbour 28 mm" });
  await add(catalog, "6", { filename: "harbour_1.jpg" });
  await add(catalog, "7", { title: "Seaharbour" });
  expect((await idsOf(catalog, { search: "harb" })).toSorted()).toEqual(["1", "2", "3", "4", "5", "6"]);
  // All words, each wherever it is; a name with a dash or a line in a row.
  expect(await idsOf(catalog, { search: "HARBOUR sea" })).toEqual(["3"]);
  expect(await idsOf(catalog, { search: "harbour_1" })).toEqual(["6"]);
  expect(await idsOf(catalog, { search: "1_harbour" })).toEqual([]);
  expect(await idsOf(catalog, { search: "%" })).toEqual([]);
  expect(await idsOf(catalog, { search: "  " })).toEqual([]);
});

test("what was edited is found by its new words and no longer by the old ones, after reopening too", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  await add(catalog, "one", { title: "Old", description: "old text", tags: ["old"], filename: "x.jpg" });
  const edit = { title: "New", description: null, tags: ["Neu"] };
  await catalog.execute(person, { kind: "edit-photo", photoId: "one", edit }, { idempotencyKey: newKey() });
  expect(await idsOf(catalog, { search: "old" })).toEqual([]);
  expect(await idsOf(catalog, { search: "neu new" })).toEqual(["one"]);
  await catalog.close();
  const reopened = await openCatalog(folder);
  expect(await idsOf(reopened, { search: "old" })).toEqual([]);
  expect(await idsOf(reopened, { search: "neu new" })).toEqual(["one"]);
});

test.each<[PhotoFilter, RegExp]>([
  [{ from: "2015-02-31" }, /'from' must be a day or moment.*got "2015-02-31"/],
  [{ before: "yesterday" }, /'before' must be a day/],
  [{ search: "x".repeat(201) }, /'search' must be text of at most 200 characters, got 201/],
  [{ search: Array.from({ length: 13 }, (_, index) => `w${index}`).join(" ") }, /at most 12 words.*got 13/],
  [{ tags: Array.from({ length: 11 }, String) }, /at most 10 tags.*got 11/],
  [{ camera: "\ud800" }, /'camera' must be text/],
  [{ area: { south: 2, west: 0, north: 1, east: 0 } }, /south must not be north/],
  [{ area: { south: 0, west: -181, north: 1, east: 0 } }, /in degrees.*got 0, -181, 1, 0/],
  [{ area: { south: Number.NaN, west: 0, north: 1, east: 0 } }, /in degrees/],
])("the filter %j is refused in words", async (filter, words) => {
  const catalog = await openCatalog(scratchFolder());
  const asking = catalog.photos(person, filter);
  await expect(asking).rejects.toThrow(InvalidFilterError);
  await expect(asking).rejects.toThrow(words);
});

test("a cursor is of the list with its filter only, however the filter is written", async () => {
  const catalog = await openCatalog(scratchFolder());
  for (const id of ["1", "2", "3"]) await add(catalog, id, { tags: ["Sea"], camera: "Jolla" });
  const { nextCursor: cursor = "" } = await catalog.photos(person, {
    limit: 1,
    tags: ["Sea"],
    camera: "Jolla",
  });
  const next = await catalog.photos(person, { cursor, camera: "Jolla", tags: ["Sea"] });
  expect(next.photos).toHaveLength(2);
  await expect(catalog.photos(person, { cursor })).rejects.toThrow(InvalidCursorError);
  await expect(catalog.photos(person, { cursor, tags: ["Sea"] })).rejects.toThrow(InvalidCursorError);
});
