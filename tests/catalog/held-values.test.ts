import { expect, test } from "vitest";
import type { Command, NewPhoto } from "../../app/catalog/command.ts";
import { compareView } from "../../app/catalog/history/compare-view.ts";
import { personAt } from "../../app/catalog/history/past-catalog.ts";
import { RebuiltState } from "../../app/catalog/history/rebuilt-state.ts";
import { verifyCatalog } from "../../app/catalog/history/verify-catalog.ts";
import { walkLog } from "../../app/catalog/history/walk-log.ts";
import { OpenPeople } from "../../app/catalog/open-people.ts";
import type { Effect } from "../../app/catalog/person/effects.ts";
import { type PersonAnswer, personModel } from "../../app/catalog/person/person-model.ts";
import type { PersonTables } from "../../app/catalog/person/tables.ts";
import { encodeEntry } from "../../app/catalog/protocol/entry.ts";
import { entryName } from "../../app/catalog/protocol/log.ts";
import { realSurroundings } from "../../app/catalog/protocol/surroundings.ts";
import type { ObjectStore } from "../../app/storage/object-store.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import { MemoryEngine, type MemoryView } from "../simulation/memory-view.ts";
import { add, newKey, openCatalog, person, scratchFolder } from "./fixtures.ts";
import { newPhoto } from "./photo-fixture.ts";
import { entryOf } from "./stored-entries.ts";

/** What no view can hold; and what stands in its place where an older log has it. */
const unheld: readonly {
  readonly field: keyof NewPhoto;
  readonly value: unknown;
  readonly allowed: string;
  readonly nearest: unknown;
}[] = [
  { field: "takenAt", value: "2026-13-45T00:00:00", allowed: "a day of the calendar", nearest: null },
  { field: "takenAt", value: "0000-00-00T00:00:00", allowed: "a day of the calendar", nearest: null },
  {
    field: "takenAt",
    value: "2015-02-30T10:00:00",
    allowed: "a day of the calendar",
    // As views had it that took it.
    nearest: "2015-03-02T10:00:00",
  },
  { field: "takenAt", value: "2015-02-03T23:59:60", allowed: "a day of the calendar", nearest: null },
  { field: "width", value: 2 ** 31, allowed: "2147483647", nearest: 0 },
  { field: "takenOffsetMinutes", value: 1.5, allowed: "a whole number", nearest: null },
  { field: "takenOffsetMinutes", value: -(2 ** 31) - 1, allowed: "-2147483648", nearest: null },
  { field: "derivation", value: 4e9, allowed: "2147483647", nearest: 0 },
  { field: "crc32c", value: "half \ud83d", allowed: "without half characters", nearest: "half \ufffd" },
  { field: "generation", value: "nothing \0 follows", allowed: "NUL", nearest: "nothing \0 follows" },
  {
    field: "metadata",
    value: { maker: [{ "\ud800": "\udfff" }] },
    allowed: "half characters",
    nearest: { maker: [{ "\ufffd": "\ufffd" }] },
  },
];

/** Commands refuse it earlier; older ones did not. */
const onlyInOlderLogs = [
  { field: "tags", value: ["sea", "\ude00"], nearest: ["sea", "\ufffd"] },
  { field: "title", value: "a\ud800", nearest: "a\ufffd" },
] as const;

function inMemory(store: ObjectStore) {
  return new OpenPeople<MemoryView, PersonTables, Command, Effect, PersonAnswer>({
    store,
    engine: new MemoryEngine(personModel.tables),
    model: personModel,
    surroundings: realSurroundings,
    writer: "test",
  });
}

async function rebuilt(records: ObjectStore) {
  const state = new RebuiltState(person, personModel);
  for await (const step of walkLog(records, person, personModel)) state.take(step);
  return state.contents();
}

test.each(unheld)(
  "$field of $value is refused by either kind of view, and nothing beside it",
  async (one) => {
    const { field, value, allowed } = one;
    const stores = { duckdb: createMemoryStore(), memory: createMemoryStore() };
    const catalog = await openCatalog(scratchFolder(), { records: stores.duckdb });
    const people = inMemory(stores.memory);
    const ways = [
      (id: string, changes: object) => add(catalog, id, changes),
      (id: string, changes: object) =>
        people.of(person).submit({ kind: "add-photo", photo: newPhoto(id, changes) }, newKey()),
    ];
    for (const way of ways) {
      const [before, bad, after] = await Promise.allSettled([
        way("before", {}),
        way("bad", { [field]: value }),
        way("after", {}),
      ]);
      expect([before.status, after.status]).toEqual(["fulfilled", "fulfilled"]);
      expect(bad).toMatchObject({ status: "rejected", reason: { code: "invalid-command" } });
      const message = bad.status === "rejected" ? String(bad.reason) : "";
      expect(message).toContain(`'${field}' of 'bad' in photos must be `);
      expect(message).toContain(allowed);
      expect(message).toContain(JSON.stringify(value));
    }
    await people.close();
    expect((await catalog.photos(person, {})).photos.map(({ id }) => id).toSorted()).toEqual([
      "after",
      "before",
    ]);
    expect((await verifyCatalog(stores.duckdb, person)).damage).toEqual([]);
  },
);

test("what is only just held is read as it was written, from the view, anew from the log, and by who rebuilds it", async () => {
  const records = createMemoryStore();
  const folder = scratchFolder();
  const catalog = await openCatalog(folder, { records });
  const changes: Partial<NewPhoto> = {
    takenAt: "2016-02-29T23:59:59",
    takenOffsetMinutes: -(2 ** 31),
    width: 2 ** 31 - 1,
    title: "😀 \ufffd",
    latitude: -1e308,
    metadata: { "\ufffd": [null, 1e308, "\0"] },
  };
  await add(catalog, "p1", changes);
  expect(await catalog.photo(person, "p1")).toMatchObject(changes);
  await catalog.close();
  const anew = await openCatalog(folder, { records });
  expect(await anew.photo(person, "p1")).toMatchObject(changes);
  expect((await anew.photos(person, {})).photos).toMatchObject([changes]);
  expect(await personAt(records, person)).toMatchObject({ photos: [changes] });
});

test("a key that no view can hold is refused", async () => {
  const catalog = await openCatalog(scratchFolder());
  const settings = { kind: "change-settings", settings: { privateByDefault: false } } as const;
  await expect(catalog.execute(person, settings, { idempotencyKey: "k\ud800" })).rejects.toMatchObject({
    code: "invalid-command",
  });
});

test.each([...unheld, ...onlyInOlderLogs])(
  "an older log that says $field is $value stops nobody: $nearest stands there, and verify tells of it",
  async ({ field, value, nearest }) => {
    const records = createMemoryStore();
    const entry = entryOf(1, 2);
    for (const effect of entry.commands[1]?.effects ?? []) {
      if (effect.kind === "photo-added") Object.assign(effect.photo, { [field]: value });
    }
    await records.put(entryName(person, 1), encodeEntry(entry));
    const catalog = await openCatalog(scratchFolder(), { records });
    const { photos } = await catalog.photos(person, {});
    expect(photos.find(({ id }) => id === "photo-1-1")).toMatchObject({ [field]: nearest });
    expect(photos.find(({ id }) => id === "photo-1-0")).toBeDefined();
    await add(catalog, "later");
    const inDuckDb = await catalog.everyPhoto(person, { limit: 10 });
    expect(await personAt(records, person)).toMatchObject({ photos: inDuckDb });
    const people = inMemory(records);
    const { tables } = await people.of(person).read((view) => view.contents());
    expect(compareView(personModel.tables, tables, await rebuilt(records))).toEqual([]);
    await people.close();
    const { damage } = await verifyCatalog(records, person);
    expect(damage).toMatchObject([
      { owner: person, kind: "value", sequence: 1, problem: expect.stringContaining(`'${field}'`) },
    ]);
    expect(damage[0]?.remedy).toContain(`with ${JSON.stringify(nearest)} in its place`);
  },
);
