import { expect, test } from "vitest";
import { verifyCatalog } from "../../app/catalog/history/verify-catalog.ts";
import { entryName } from "../../app/catalog/protocol/log.ts";
import { unreachedSince } from "../../app/maintenance/unreached-accounts.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import { add, newKey, openCatalog, person, scratchFolder, surroundingsAt } from "./fixtures.ts";

const hour = 3600 * 1000;

/** So many entries of one person, and a clock that the test sets; how often the log's names were listed. */
async function written(count: number) {
  const records = createMemoryStore();
  const clock = { now: Date.parse("2026-11-23T08:00:00Z") };
  const open = () => openCatalog(scratchFolder(), { records, surroundings: surroundingsAt(clock) });
  const catalog = await open();
  for (let index = 1; index <= count; index++) await add(catalog, `p${index}`);
  const seen = { lists: 0, beforeList: async () => {} };
  const list = records.list.bind(records);
  records.list = async function* (prefix, options) {
    if (prefix.endsWith("/log/")) {
      seen.lists++;
      await seen.beforeList();
    }
    yield* list(prefix, options);
  };
  const numbers = () =>
    records
      .names()
      .filter((name) => name.includes("/log/"))
      .map((name) => Number(name.slice(-9, -5)));
  return { records, clock, open, catalog, seen, numbers };
}

const missing = (sequence: number) => ({
  code: "damaged-log",
  owner: person,
  sequence,
  message: expect.stringContaining(`is missing (${entryName(person, sequence)}): put an older version`),
});

test("a hole in a log that rested is not taken for its end: nothing is acknowledged under a number that was given", async () => {
  const { records, clock, open, catalog, numbers } = await written(4);
  await catalog.close();
  const lost = await records.read(entryName(person, 2));
  await records.delete(entryName(person, 2));
  // A copy beside it is no entry.
  await records.put(`${entryName(person, 2)}.bak`, Buffer.of());
  clock.now += 2 * hour;
  const again = await open();
  for (let tried = 0; tried < 2; tried++) {
    await expect(add(again, "p5")).rejects.toMatchObject(missing(2));
    await expect(add(await open(), "p5")).rejects.toMatchObject(missing(2));
  }
  await records.delete(`${entryName(person, 2)}.bak`);
  expect(numbers()).toEqual([1, 3, 4]);
  await records.put(entryName(person, 2), lost?.bytes ?? Buffer.of(), { ifAbsent: true });
  expect((await add(again, "p5")).sequence).toBe(5);
  expect(await again.everyPhoto(person, { limit: 10 })).toHaveLength(5);
});

test("nor is a hole behind a snapshot, of one entry or of several, the snapshot's own among them", async () => {
  const { records, clock, open, catalog, numbers } = await written(4);
  await catalog.keepUp(person);
  for (const id of ["p5", "p6", "p7", "p8"]) await add(catalog, id);
  await catalog.close();
  clock.now += 2 * hour;
  for (const [lost, left] of [
    [5, [1, 2, 3, 4, 6, 7, 8]],
    [6, [1, 2, 3, 4, 7, 8]],
    [4, [1, 2, 3, 7, 8]],
  ] as const) {
    await records.delete(entryName(person, lost));
    await expect(add(await open(), "p9")).rejects.toMatchObject(missing(5));
    expect(numbers()).toEqual(left);
  }
});

test("nor where a log has lost its first entry; a person's first change costs one list", async () => {
  const { records, clock, open, catalog, seen, numbers } = await written(0);
  await add(catalog, "p1");
  expect(seen.lists).toBe(1);
  await add(catalog, "p2");
  await catalog.close();
  await records.delete(entryName(person, 1));
  clock.now += 2 * hour;
  await expect(add(await open(), "p3")).rejects.toMatchObject(missing(1));
  expect(numbers()).toEqual([2]);
});

test("nor by a view that was open when others wrote and what they wrote was lost", async () => {
  const { records, clock, open, catalog } = await written(2);
  clock.now += 2 * hour;
  await add(catalog, "p3");
  const other = await open();
  await add(other, "p4");
  await add(other, "p5");
  await records.delete(entryName(person, 4));
  clock.now += 2 * hour;
  await expect(add(catalog, "p6")).rejects.toMatchObject(missing(4));
});

test("who writes meanwhile leaves no hole, and a log that is lively is not listed", async () => {
  const { clock, open, catalog, seen } = await written(2);
  for (const id of ["p3", "p4"]) await add(catalog, id);
  expect(seen.lists).toBe(0);
  clock.now += 2 * hour;
  const other = await open();
  expect(await other.photos(person, {})).toBeDefined();
  // Both between the view's end and the list.
  seen.beforeList = async () => {
    seen.beforeList = async () => {};
    for (const id of ["p5", "p6"]) await add(catalog, id);
  };
  expect((await add(other, "p7")).sequence).toBe(7);
  expect(seen.lists).toBe(2);
  await add(other, "p8");
  expect(seen.lists).toBe(2);
});

test("a number that was given twice in a lively log is told by the times, with where to look for what stood there", async () => {
  const { records, clock, open, catalog } = await written(1);
  for (const id of ["p2", "p3"]) {
    clock.now += 60_000;
    await add(catalog, id);
  }
  await catalog.close();
  await records.delete(entryName(person, 2));
  clock.now += 60_000;
  expect((await add(await open(), "p4")).sequence).toBe(2);
  expect((await verifyCatalog(records, person)).damage).toMatchObject([
    {
      kind: "time",
      sequence: 3,
      remedy: expect.stringContaining(`older versions of '${entryName(person, 2)}'`),
    },
  ]);
});

test("what is left of a log while its account is deleted is no hole: a late change is refused as of a closed account", async () => {
  const { records, clock, open, catalog, numbers } = await written(3);
  await catalog.execute(person, { kind: "close-account" }, { idempotencyKey: newKey() });
  await catalog.close();
  clock.now += 26 * hour;
  await records.delete(entryName(person, 1));
  const late = async () => {
    const fresh = await open();
    await expect(
      fresh.execute(person, { kind: "close-upload", uploadId: "u" }, { idempotencyKey: newKey() }),
    ).rejects.toMatchObject(refusal);
    await expect(add(fresh, "late")).rejects.toMatchObject(refusal);
    await fresh.close();
    expect(numbers()).toEqual(left);
  };
  // Nothing says that it is being deleted, and what a deletion takes last is not all that there is.
  let [refusal, left]: [object, number[]] = [missing(1), [2, 3, 4]];
  await late();
  await unreachedSince(records, person, { now: clock.now, isDryRun: false });
  refusal = { code: "account-closed", userId: person };
  await late();
  left = [4];
  for (const sequence of [2, 3]) await records.delete(entryName(person, sequence));
  await late();
  // One in the middle was no deletion's.
  await records.put(entryName(person, 2), Buffer.from("{"));
  [refusal, left] = [missing(1), [2, 4]];
  await late();
});
