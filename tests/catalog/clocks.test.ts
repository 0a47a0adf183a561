import { expect, test } from "vitest";
import { personAt } from "../../app/catalog/history/past-catalog.ts";
import { verifyCatalog } from "../../app/catalog/history/verify-catalog.ts";
import { walkLog } from "../../app/catalog/history/walk-log.ts";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import { add, openCatalog, person, scratchFolder, surroundingsAt } from "./fixtures.ts";
import { newPhoto } from "./photo-fixture.ts";

const hour = 3600_000;
const noon = Date.parse("2026-11-23T12:00:00Z");

/** Two instances on one store, each with a clock that the test sets. */
async function twoInstances() {
  const records = createMemoryStore();
  const clocks: [{ now: number }, { now: number }] = [{ now: noon }, { now: noon }];
  const [one, two] = await Promise.all(
    clocks.map((clock) => openCatalog(scratchFolder(), { records, surroundings: surroundingsAt(clock) })),
  );
  if (one === undefined || two === undefined) throw new Error("two were opened");
  return { records, clocks, one, two };
}

test.each([
  ["minutes", 5 * 60_000],
  ["hours", 9 * hour],
])(
  "instances whose clocks differ by %s keep one order, and one time that never goes back",
  async (_by, off) => {
    const { records, clocks, one, two } = await twoInstances();
    clocks[0].now = noon + off;
    clocks[1].now = noon - off;
    const sequences: number[] = [];
    for (let round = 0; round < 6; round++) {
      const { sequence, token } = await add(round % 2 ? one : two, `p${round}`);
      sequences.push(sequence);
      // What one acknowledged the other shows at once, however late it thinks it is.
      const seen = await (round % 2 ? two : one).photos(person, { after: token });
      expect(seen.photos).toHaveLength(round + 1);
    }
    expect(sequences).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await verifyCatalog(records, person)).damage).toEqual([]);
    const times: number[] = [];
    for await (const step of walkLog(records, person, personModel)) {
      if ("entry" in step) times.push(Date.parse(step.entry.at));
    }
    expect(times).toEqual([noon - off, ...Array.from({ length: 5 }, () => noon + off)]);
  },
);

test("a clock that jumps back changes no answer, holds nothing up and repeats nothing", async () => {
  const { records, clocks, one, two } = await twoInstances();
  const command = { kind: "add-photo", photo: newPhoto("p1") } as const;
  const first = await one.execute(person, command, { idempotencyKey: "k" });
  for (const clock of clocks) clock.now = noon - 9 * hour;
  expect(await one.execute(person, command, { idempotencyKey: "k" })).toEqual(first);
  expect(await two.execute(person, command, { idempotencyKey: "k" })).toEqual(first);
  const edited = await two.execute(
    person,
    { kind: "edit-photo", photoId: "p1", edit: { title: "later" } },
    { idempotencyKey: "edit" },
  );
  expect(edited.photo).toMatchObject({ version: 2, updatedDate: new Date(noon).toISOString() });
  const page = await one.photos(person, { after: edited.token });
  expect(page.photos).toMatchObject([{ title: "later" }]);
  expect((await verifyCatalog(records, person)).damage).toEqual([]);
});

test("freshness is not measured by the clock on the wall: an old view does not become new by setting it back", async () => {
  const clock = { now: noon };
  let elapsed = 0;
  const records = createMemoryStore();
  const surroundings = { ...surroundingsAt(clock), elapsed: () => elapsed };
  const reader = await openCatalog(scratchFolder(), { records, surroundings });
  const writer = await openCatalog(scratchFolder(), { records });
  await add(writer, "p1");
  expect((await reader.photos(person, {})).photos).toHaveLength(1);
  await add(writer, "p2");
  clock.now = noon - 9 * hour;
  elapsed += 1001;
  expect((await reader.photos(person, {})).photos).toHaveLength(2);
});

test("an answer may be a second old, but not where the newest is asked for", async () => {
  const records = createMemoryStore();
  let elapsed = 0;
  const surroundings = { ...surroundingsAt({ now: noon }), elapsed: () => (elapsed += 1) };
  const two = await openCatalog(scratchFolder(), { records, surroundings });
  expect(await two.photo(person, "p1")).toBeUndefined();
  await add(await openCatalog(scratchFolder(), { records }), "p1");
  expect(await two.photo(person, "p1")).toBeUndefined();
  expect(await two.photo(person, "p1", { isNewest: true })).toMatchObject({ id: "p1" });
  expect(await two.photo(person, "p1")).toMatchObject({ id: "p1" });
});

test("who reads a moment by its time finds what the entries tell, not what another clock would have said", async () => {
  const { records, clocks, one, two } = await twoInstances();
  clocks[0].now = noon + 2 * hour;
  await add(one, "ahead");
  await add(two, "behind");
  const at = (time: number) => personAt(records, person, { at: new Date(time).toISOString() });
  expect(await at(noon + hour)).toMatchObject({ sequence: 0, photos: [] });
  expect(await at(noon + 2 * hour)).toMatchObject({
    sequence: 2,
    photos: [{ id: "ahead" }, { id: "behind" }],
  });
});

test("a writer that has not looked at the log for ten minutes looks before it writes, and a fresh one does not", async () => {
  const records = createMemoryStore();
  let elapsed = 0;
  const surroundings = { ...surroundingsAt({ now: noon }), elapsed: () => elapsed };
  const catalog = await openCatalog(scratchFolder(), { records, surroundings });
  await add(catalog, "p1");
  const asked: string[] = [];
  records.before = (operation, name) => {
    if (name.includes("/log/")) asked.push(`${operation} ${Number(/(\d+)\.json/.exec(name)?.[1])}`);
  };
  elapsed += 9 * 60_000;
  await add(catalog, "p2");
  expect(asked.splice(0)).toEqual(["put 2"]);
  elapsed += 10 * 60_000 + 1;
  await add(catalog, "p3");
  expect(asked).toEqual(["read 3", "put 3"]);
});

test("a view of before an account was deleted is opened anew: it shows nothing, and nothing is written by it", async () => {
  const records = createMemoryStore();
  let elapsed = 0;
  const surroundings = { ...surroundingsAt({ now: noon }), elapsed: () => elapsed };
  const worker = await openCatalog(scratchFolder(), { records, surroundings });
  await add(await openCatalog(scratchFolder(), { records }), "p1");
  expect(await worker.photo(person, "p1")).toBeDefined();
  const closing = await openCatalog(scratchFolder(), { records });
  await closing.execute(person, { kind: "close-account" }, { idempotencyKey: "close" });
  for await (const { name } of records.list(`catalog/${person}/`)) await records.delete(name);
  // No earlier than this after the closing is anything deleted.
  elapsed += 24 * hour;
  const late = { kind: "favorite-photo", photoId: "p1", favorite: true } as const;
  await expect(worker.execute(person, late, { idempotencyKey: "late" })).rejects.toThrow("p1");
  expect(await worker.photo(person, "p1")).toBeUndefined();
  expect(await Array.fromAsync(records.list(`catalog/${person}/`))).toEqual([]);
});
