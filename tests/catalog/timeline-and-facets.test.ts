import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Catalog } from "../../app/catalog/catalog.ts";
import { InvalidCursorError } from "../../app/catalog/cursor.ts";
import type { Photo } from "../../app/catalog/photo.ts";
import { InvalidFilterError } from "../../app/catalog/photo-filter.ts";
import { fillCatalog, filters, meets } from "./filter-fixture.ts";
import { add, newKey, openCatalog, person, scratchFolder } from "./fixtures.ts";

/** A filled catalog, and what is in it in plain words. */
async function openFilled() {
  const catalog = await openCatalog(scratchFolder());
  await fillCatalog(catalog);
  const all = await catalog.everyPhoto(person, { limit: 1000 });
  const { photos } = await catalog.albumPhotos(person, "album", { limit: 200 });
  return { catalog, all, album: new Set(photos.map(({ id }) => id)) };
}

/** As facets and timelines count: how often each value comes. */
function counted(values: readonly (string | null)[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts];
}

function facetOf(values: readonly (string | null)[]) {
  const found = counted(values).map(([value, count]) => ({ value, count }));
  found.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  return { values: found, isComplete: true };
}

function periodsOf(photos: readonly Photo[], length: number) {
  const found = counted(photos.map(({ takenAt }) => takenAt?.slice(0, length) ?? null));
  return found
    .map(([period, count]) => ({ period, count }))
    .toSorted((a, b) => b.period.localeCompare(a.period));
}

test("facets and timeline count exactly the photos that meet the filter", async () => {
  const { catalog, all, album } = await openFilled();
  await fc.assert(
    fc.asyncProperty(filters, async (filter) => {
      const chosen = all.filter((photo) => meets(photo, filter, album));
      expect(await catalog.facets(person, filter)).toEqual({
        photos: chosen.length,
        favorites: chosen.filter(({ favorite }) => favorite).length,
        private: chosen.filter((photo) => photo.private).length,
        withPlace: chosen.filter(({ latitude }) => latitude !== null).length,
        albums: facetOf(chosen.map(({ id }) => (album.has(id) ? "album" : null))),
        tags: facetOf(chosen.flatMap(({ tags }) => tags)),
        cameras: facetOf(chosen.map(({ camera }) => camera)),
        lenses: facetOf(chosen.map(({ lens }) => lens)),
        contentTypes: facetOf(chosen.map(({ contentType }) => contentType)),
      });
      for (const [by, length] of [["month", 7] as const, ["day", 10] as const]) {
        const { periods, nextCursor } = await catalog.timeline(person, { ...filter, by });
        expect([periods, nextCursor]).toEqual([periodsOf(chosen, length), undefined]);
      }
    }),
    { numRuns: 40 },
  );
});

test("columns say of each photo what the list of records says, in its order, page by page", async () => {
  const { catalog } = await openFilled();
  const filter = { tags: ["Sea"] };
  const { photos } = await catalog.photos(person, { ...filter, limit: 200 });
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const columns = await catalog.photoColumns(person, {
      ...filter,
      limit: 7,
      ...(cursor !== undefined && { cursor }),
    });
    const records = photos.slice(ids.length, ids.length + 7);
    expect(columns).toEqual({
      ids: records.map(({ id }) => id),
      ratios: records.map(({ width, height }) => Number((width / height).toFixed(4))),
      thumbhashes: records.map(({ thumbhash }) => thumbhash),
      shownAt: records.map(({ takenAt }) => takenAt),
      favorites: records.map(({ favorite }) => favorite),
      nextCursor: columns.nextCursor,
    });
    ids.push(...columns.ids);
    cursor = columns.nextCursor;
  } while (cursor !== undefined);
  expect(ids).toEqual(photos.map(({ id }) => id));
});

async function addTagged(catalog: Catalog, tags: readonly string[]): Promise<void> {
  await Promise.all(tags.map((tag, index) => add(catalog, `photo-${index}`, { tags: [tag] })));
}

test("a facet with more values than are asked for gives the most frequent ones and says so", async () => {
  const catalog = await openCatalog(scratchFolder());
  await addTagged(catalog, ["c", "a", "b", "b", "d", "d"]);
  expect((await catalog.facets(person, { limit: 3 })).tags).toEqual({
    values: [
      { value: "b", count: 2 },
      { value: "d", count: 2 },
      { value: "a", count: 1 },
    ],
    isComplete: false,
  });
  expect((await catalog.facets(person, { limit: 4 })).tags.isComplete).toBe(true);
});

test("a timeline comes in pages, each photo counted once", async () => {
  const catalog = await openCatalog(scratchFolder());
  const days = ["2015-09-08", "2015-09-09", "2015-10-01", "2016-01-01", "2016-01-01"];
  await Promise.all(days.map((day, index) => add(catalog, String(index), { takenAt: `${day}T23:59:59` })));
  const first = await catalog.timeline(person, { limit: 2 });
  expect(first.periods).toEqual([
    { period: "2016-01", count: 2 },
    { period: "2015-10", count: 1 },
  ]);
  const cursor = first.nextCursor ?? "";
  const second = await catalog.timeline(person, { limit: 2, cursor });
  expect(second).toEqual({ periods: [{ period: "2015-09", count: 2 }], nextCursor: undefined });
  await expect(catalog.timeline(person, { by: "day", cursor })).rejects.toThrow(InvalidCursorError);
  const byDay = await catalog.timeline(person, { by: "day", from: "2015-09-01", before: "2015-10-01" });
  expect(byDay.periods.map(({ period }) => period)).toEqual(["2015-09-09", "2015-09-08"]);
});

test("what was changed counts at once, and pages have bounds", async () => {
  const catalog = await openCatalog(scratchFolder());
  await addTagged(catalog, ["a", "b"]);
  const command = { kind: "trash-photo", photoId: "photo-0" } as const;
  const { token: after } = await catalog.execute(person, command, { idempotencyKey: newKey() });
  expect(await catalog.facets(person, { after })).toMatchObject({
    photos: 1,
    tags: { values: [{ value: "b" }] },
  });
  expect((await catalog.timeline(person, { after })).periods).toMatchObject([{ count: 1 }]);
  await expect(catalog.facets(person, { limit: 201 })).rejects.toThrow(/from 1 to 200, got 201/);
  await expect(catalog.timeline(person, { limit: 1001 })).rejects.toThrow(/from 1 to 1000, got 1001/);
  await expect(catalog.photoColumns(person, { limit: 5001 })).rejects.toThrow(/from 1 to 5000, got 5001/);
  await expect(catalog.facets(person, { from: "x" })).rejects.toThrow(InvalidFilterError);
});
