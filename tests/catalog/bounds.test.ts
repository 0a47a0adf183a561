import { expect, test } from "vitest";
import { recordedPhoto } from "../../app/catalog/person/photo-effects.ts";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { InvalidCommandError } from "../../app/catalog/protocol/errors.ts";
import { encodeEntry } from "../../app/catalog/protocol/entry.ts";
import { realSurroundings } from "../../app/catalog/protocol/surroundings.ts";
import { entryName, Log } from "../../app/catalog/protocol/log.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import { add, newKey, openCatalog, person, scratchFolder } from "./fixtures.ts";
import { newPhoto } from "./photo-fixture.ts";
import { entryOf } from "./stored-entries.ts";

const megabyte = 1024 * 1024;

test("a change too large for the log is refused, and those beside it are made", async () => {
  const records = createMemoryStore();
  const catalog = await openCatalog(scratchFolder(), { records });
  const outcomes = await Promise.allSettled([
    add(catalog, "before"),
    add(catalog, "too-large", { metadata: { note: "x".repeat(2 * megabyte) } }),
    add(catalog, "after"),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(outcomes[1]).toMatchObject({ reason: expect.any(InvalidCommandError) });
  expect(records.names().filter((name) => name.includes("/log/"))).toHaveLength(1);
});

test("large changes at once share entries only up to a bound, and all are made", async () => {
  const records = createMemoryStore();
  const catalog = await openCatalog(scratchFolder(), { records });
  const note = "x".repeat(300 * 1024);
  const receipts = await Promise.all(
    Array.from({ length: 6 }, (_, index) => add(catalog, `p${index}`, { metadata: { note } })),
  );
  expect(receipts.map(({ sequence }) => sequence)).toEqual([1, 1, 2, 2, 3, 3]);
  for (const name of records.names()) {
    expect((await records.stat(name))?.sizeBytes).toBeLessThan(megabyte);
  }
});

test("more changes at once than may wait are turned away, not kept; the others are made in order", async () => {
  const records = createMemoryStore();
  const catalog = await openCatalog(scratchFolder(), { records });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 1100 }, (_, index) => add(catalog, `p${index}`)),
  );
  const turnedAway = outcomes.filter(({ status }) => status === "rejected");
  expect(turnedAway).toHaveLength(100);
  expect(turnedAway[0]).toMatchObject({ reason: { code: "catalog-busy" } });
  const sequences = outcomes.flatMap((outcome) =>
    outcome.status === "fulfilled" ? outcome.value.sequence : [],
  );
  expect(sequences).toEqual(Array.from({ length: 1000 }, (_, index) => Math.floor(index / 200) + 1));
  await add(catalog, "later");
  expect(await catalog.photo(person, "p0")).toBeDefined();
});

test("who loses a hundred slots in a row is turned away, and repeats the change later under the same key", async () => {
  const records = createMemoryStore();
  let isRival = true;
  let rivals = 0;
  records.before = async (operation, name) => {
    if (operation !== "put" || !isRival || !name.includes("/log/")) return;
    isRival = false;
    const seq = ++rivals;
    await records.put(entryName(person, seq), encodeEntry({ ...entryOf(seq), at: new Date().toISOString() }));
    isRival = rivals < 100;
  };
  const surroundings = { ...realSurroundings, sleep: () => Promise.resolve() };
  const catalog = await openCatalog(scratchFolder(), { records, surroundings });
  const command = { kind: "add-photo", photo: newPhoto("mine") } as const;
  const change = () => catalog.execute(person, command, { idempotencyKey: "mine" });
  await expect(change()).rejects.toMatchObject({
    code: "catalog-busy",
    message: expect.stringContaining("other writers took 100 slots"),
  });
  expect(rivals).toBe(100);
  expect(await catalog.photo(person, "mine")).toBeUndefined();
  expect((await change()).sequence).toBe(101);
  expect(await catalog.photo(person, "photo-100-0")).toBeDefined();
});

test.each(["", "k".repeat(301), "k".repeat(5_000_000)])(
  "a key of a length that no request has is refused, and says what is allowed",
  async (idempotencyKey) => {
    const records = createMemoryStore();
    const catalog = await openCatalog(scratchFolder(), { records });
    const command = { kind: "add-photo", photo: newPhoto("p1") } as const;
    await expect(catalog.execute(person, command, { idempotencyKey })).rejects.toMatchObject({
      code: "invalid-command",
      message: expect.stringContaining(`1 to 300 characters, got ${idempotencyKey.length}`),
    });
    expect(records.names()).toEqual([]);
    const { sequence } = await catalog.execute(person, command, { idempotencyKey: "k".repeat(300) });
    expect(sequence).toBe(1);
  },
);

test.each(["organisation", "", ".", "..", "../x", "a/b", "x".repeat(101)])(
  "no person's catalog is the one of '%s'",
  async (owner) => {
    const records = createMemoryStore();
    const catalog = await openCatalog(scratchFolder(), { records });
    const command = { kind: "add-photo", photo: newPhoto("p1") } as const;
    const options = { idempotencyKey: newKey() };
    await expect(catalog.execute(owner, command, options)).rejects.toThrow(RangeError);
    await expect(catalog.photos(owner, {})).rejects.toThrow(RangeError);
    await expect(catalog.isClosed(owner)).rejects.toThrow(RangeError);
    expect(records.names()).toEqual([]);
    expect(await catalog.organisation.flags()).toEqual([]);
  },
);

test.each([
  ["of usual size", 0, 200, [1, 2, 4, 8, 16, 32, 64, 64, 9]],
  // Sixteen MiB hold eight of these.
  ["of almost the largest size", 1.9 * megabyte, 24, [1, 2, 4, 8, 8, 1]],
] as const)(
  "entries %s are read at once as long as they fit in 16 MiB",
  async (_size, bytes, entries, runs) => {
    const store = createMemoryStore();
    const photo = recordedPhoto({
      ...newPhoto("p1", { metadata: { note: "x".repeat(bytes) } }),
      private: true,
    });
    for (let seq = 1; seq <= entries; seq++) {
      const [command] = entryOf(seq).commands;
      if (command === undefined) throw new Error("an entry has a command");
      const commands = [{ ...command, effects: [{ kind: "photo-added", photo }] }];
      await store.put(entryName(person, seq), encodeEntry({ ...entryOf(seq), commands }));
    }
    const read = [];
    for await (const run of new Log(store, person, personModel).after(0)) read.push(run.length);
    expect(read).toEqual(runs);
  },
);

test("a page of none, of a part or of too many is refused, and of the most that there may be given", async () => {
  const catalog = await openCatalog(scratchFolder());
  const { token } = await add(catalog, "a");
  const album = { id: "trip", title: "Trip", photoIds: ["a"] };
  await catalog.execute(person, { kind: "create-album", album }, { idempotencyKey: newKey() });
  const pages: readonly (readonly [most: number, ask: (limit: number) => Promise<unknown>])[] = [
    [200, (limit) => catalog.photos(person, { limit })],
    [200, (limit) => catalog.facets(person, { limit })],
    [200, (limit) => catalog.activity(person, { limit })],
    [200, (limit) => catalog.changes(person, { limit, after: token })],
    [200, (limit) => catalog.albums(person, { limit })],
    [200, (limit) => catalog.albumPhotos(person, "trip", { limit })],
    [200, (limit) => catalog.shares(person, { limit })],
    [1000, (limit) => catalog.timeline(person, { limit })],
    [5000, (limit) => catalog.photoColumns(person, { limit })],
    [1000, (limit) => catalog.everyPhoto(person, { limit })],
  ];
  for (const [most, ask] of pages) {
    for (const limit of [0, -1, 1.5, Number.NaN, most + 1]) {
      const asked = Promise.resolve().then(() => ask(limit));
      await expect(asked).rejects.toThrow(
        new RangeError(`'limit' must be a whole number from 1 to ${most}, got ${limit}`),
      );
    }
    await ask(most);
  }
});
