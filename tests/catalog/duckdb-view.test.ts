import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import * as fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { Database } from "../../app/catalog/duckdb/database.ts";
import { DuckDbEngine } from "../../app/catalog/duckdb/duckdb-engine.ts";
import { Changes } from "../../app/catalog/protocol/changes.ts";
import { type Row, type Tables, column, keyOf, nullable } from "../../app/catalog/protocol/tables.ts";
import type { View } from "../../app/catalog/protocol/view.ts";
import { MemoryView } from "../simulation/memory-view.ts";
import { scratchFolder } from "./fixtures.ts";

const tables = {
  things: {
    key: "id",
    columns: {
      id: column("text"),
      words: column("texts"),
      count: column("integer"),
      at: column("time"),
      note: nullable("text"),
      more: column("json"),
    },
  },
  others: { key: "id", columns: { id: column("text"), amount: column("bigint") } },
} as const satisfies Tables;

const keys = ["a", "b", "c", "d", "e", "f"];
const notes = ["p", "q", "r"];

const key = fc.constantFrom(...keys);
const thing = fc.record({
  id: key,
  words: fc.array(fc.constantFrom("x", "ÿ", "")),
  count: fc.integer({ min: -9, max: 9 }),
  // Times rise with every change, as entries' do.
  at: fc.constant("2026-01-01T00:00:00.000Z"),
  note: fc.option(fc.constantFrom(...notes)),
  more: fc.constantFrom({}, { a: { b: [1] } }),
});

type Step =
  | { readonly kind: "put"; readonly row: Row }
  | { readonly kind: "other"; readonly id: string; readonly amount: number }
  | { readonly kind: "patch"; readonly id: string; readonly note: string | null; readonly add: number }
  | { readonly kind: "remove"; readonly id: string };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("put" as const), row: thing }),
  fc.record({ kind: fc.constant("other" as const), id: key, amount: fc.nat() }),
  fc.record({
    kind: fc.constant("patch" as const),
    id: key,
    note: fc.option(fc.constantFrom(...notes)),
    add: fc.integer({ min: -3, max: 3 }),
  }),
  fc.record({ kind: fc.constant("remove" as const), id: key }),
);

/** What one entry changes, and which rows are asked for before and while it is written. */
const entry = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 8 }),
  asked: fc.subarray(keys),
  askedMeanwhile: fc.subarray(keys),
  notes: fc.subarray(notes),
  notesMeanwhile: fc.subarray(notes),
  // What only DuckDB answers: until then, what is little is not written.
  whole: fc.constantFrom("not", "before", "meanwhile", "afterwards"),
  expires: fc.boolean(),
});

function changesOf(steps: readonly Step[], turn: number, expires: boolean): Changes {
  const changes = new Changes(tables);
  const at = new Date(Date.UTC(2026, 0, 1 + turn)).toISOString();
  for (const one of steps) {
    if (one.kind === "put") changes.put("things", { ...one.row, at });
    else if (one.kind === "other") changes.put("others", { id: one.id, amount: one.amount });
    else if (one.kind === "patch") changes.patch("things", one.id, { note: one.note }, { count: one.add });
    else changes.remove("things", one.id);
  }
  if (expires) changes.expire("things", "at", at);
  return changes;
}

async function found(view: View, asked: readonly string[], by = "id"): Promise<readonly Row[]> {
  const rows = await view.find("things", by, asked);
  return rows.toSorted((one, other) => (keyOf(one, tables.things) < keyOf(other, tables.things) ? -1 : 1));
}

test("whatever is read before and while rows are written, what is read afterwards is what a map would hold", async () => {
  const database = await Database.open(scratchFolder());
  onTestFinished(() => database.close());
  const engine = new DuckDbEngine(database, tables);
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 6 }), async (entries) => {
      const [view, expected] = [await engine.create(), new MemoryView(tables)];
      try {
        for (const [turn, one] of entries.entries()) {
          const { steps, asked: wanted, askedMeanwhile, expires } = one;
          expect(await found(view, wanted)).toEqual(await found(expected, wanted));
          expect(await found(view, one.notes, "note")).toEqual(await found(expected, one.notes, "note"));
          const before = one.whole === "before" ? [await view.contents()] : [];
          expect(before).toEqual(before.length === 0 ? [] : [await expected.contents()]);
          const meanwhile = one.whole === "meanwhile" ? [view.contents()] : [];
          // The first has the position of the empty view, as what is in every catalog from the start.
          const position = { sequence: turn, at: turn };
          const notesIn = (asked: View) =>
            Promise.all([
              ...one.notesMeanwhile.map((note) => found(asked, [note], "note")),
              ...one.notesMeanwhile.map((note) => asked.greatest("things", "count", "note", note)),
            ]);
          const seen: Awaited<ReturnType<typeof notesIn>>[] = [];
          const written = new AbortController();
          const early = notesIn(view);
          const writing = view
            .apply(changesOf(steps, turn, expires), position)
            .finally(() => written.abort());
          if (one.whole === "afterwards") meanwhile.push(view.contents());
          // Some of these see what is written and some do not.
          const reading = [1, 2].map(async () => {
            while (!written.signal.aborted) {
              await view.find("things", "id", askedMeanwhile);
              seen.push(await notesIn(view));
              await setImmediate();
            }
          });
          await Promise.all([writing, ...reading, ...meanwhile]);
          seen.push(await early);
          const moments = [await notesIn(expected)];
          await expected.apply(changesOf(steps, turn, expires), position);
          moments.push(await notesIn(expected));
          for (const answers of seen) {
            for (const [at, answer] of answers.entries())
              expect(moments.map((moment) => moment[at])).toContainEqual(answer);
          }
          expect(await found(view, keys)).toEqual(await found(expected, keys));
          expect(await found(view, notes, "note")).toEqual(await found(expected, notes, "note"));
          for (const note of notes) {
            const greatest = await expected.greatest("things", "count", "note", note);
            expect(await view.greatest("things", "count", "note", note)).toBe(greatest);
          }
          expect(await view.find("others", "id", ["a", "b"])).toHaveLength(
            (await expected.find("others", "id", ["a", "b"])).length,
          );
        }
        expect(await view.contents()).toEqual(await expected.contents());
      } finally {
        await view.close();
      }
    }),
    { numRuns: 60 },
  );
});

test("more rows than are remembered, and than one chunk holds, are written and read like few", async () => {
  const database = await Database.open(scratchFolder());
  onTestFinished(() => database.close());
  const view = await new DuckDbEngine(database, tables).create();
  onTestFinished(() => view.close());
  const ids = Array.from({ length: 5000 }, (_, index) => `row ${index}`);
  const changes = new Changes(tables);
  for (const id of ids) {
    changes.put("things", {
      id,
      words: [id],
      count: 1,
      at: "2026-01-01T00:00:00.000Z",
      note: null,
      more: { id },
    });
  }
  await view.apply(changes, { sequence: 1, at: 1 });
  expect(await view.find("things", "id", ids)).toHaveLength(5000);
  const later = new Changes(tables);
  for (const id of ids) later.patch("things", id, { note: id }, { count: 2 });
  await view.apply(later, { sequence: 2, at: 2 });
  const rows = await view.find("things", "id", ids);
  expect(rows.filter(({ id, note, count }) => note === id && count === 3)).toHaveLength(5000);
  expect(rows.find(({ id }) => id === "row 4999")).toEqual({
    id: "row 4999",
    words: ["row 4999"],
    count: 3,
    at: "2026-01-01T00:00:00.000Z",
    note: "row 4999",
    more: { id: "row 4999" },
  });
});

test("what is read while an entry comes and is written is of one moment: before all of it or after all of it", async () => {
  const database = await Database.open(scratchFolder());
  onTestFinished(() => database.close());
  const view = await new DuckDbEngine(database, tables).create();
  onTestFinished(() => view.close());
  const rest = { words: [], count: 0, at: "2026-01-01T00:00:00.000Z", more: {} };
  const first = new Changes(tables);
  first.put("things", { ...rest, id: "a", note: "p" });
  await view.apply(first, { sequence: 1, at: 1 });

  const goOn = Promise.withResolvers<void>();
  const use = database.use.bind(database);
  const held = vi.spyOn(database, "use").mockImplementationOnce(async (work) => {
    await goOn.promise;
    return await use(work);
  });
  const asked = view.find("things", "note", ["p"]);
  expect(held).toHaveBeenCalledTimes(1);
  const second = new Changes(tables);
  second.patch("things", "a", { note: "q" });
  second.put("things", { ...rest, id: "b", note: "p" });
  await view.apply(second, { sequence: 2, at: 2 });
  expect((await view.contents()).position.sequence).toBe(2);
  goOn.resolve();
  expect(await asked).toMatchObject([{ id: "b" }]);
});

const plain = { words: [], count: 0, at: "2026-01-01T00:00:00.000Z", note: null, more: {} };

function things(ids: readonly string[]): Changes {
  const changes = new Changes(tables);
  for (const id of ids) changes.put("things", { ...plain, id, note: `of ${id}` });
  return changes;
}

async function viewOf(ids: readonly string[]) {
  const database = await Database.open(scratchFolder());
  onTestFinished(() => database.close());
  const view = await new DuckDbEngine(database, tables).create();
  onTestFinished(() => view.close());
  await view.apply(things(ids), { sequence: 1, at: 1 });
  const through = database.use.bind(database);
  const use = vi.spyOn(database, "use");
  /** Statements, or groups of them, that the work needed. */
  const counted = async (work: () => Promise<unknown>) => {
    const before = use.mock.calls.length;
    await work();
    return use.mock.calls.length - before;
  };
  return { view, counted, use, through };
}

test("once a column was asked about often, questions for what no row has in it need no statement, and see what comes", async () => {
  const { view, counted } = await viewOf(Array.from({ length: 300 }, (_, index) => `row ${index}`));
  const askedFor = async (by: string, values: readonly string[]) => {
    for (const value of values) expect(await view.find("things", by, [value])).toEqual([]);
  };
  for (const [by, before] of [
    ["id", ""],
    ["note", "of "],
  ] as const) {
    const others = Array.from({ length: 200 }, (_, index) => `${before}other ${index}`);
    await askedFor(by, others.slice(0, 5));
    const statements = await counted(() => askedFor(by, others.slice(5)));
    // Of two hundred about one seems to be there, and is asked for.
    expect(statements).toBeLessThan(10);
    expect(await view.find("things", by, [`${before}row 7`])).toMatchObject([{ id: "row 7" }]);
  }
  await view.apply(things(["other 9"]), { sequence: 2, at: 2 });
  const changed = new Changes(tables);
  changed.patch("things", "row 7", { note: "of other 10" });
  await view.apply(changed, { sequence: 3, at: 3 });
  expect(await view.find("things", "id", ["other 9"])).toMatchObject([{ id: "other 9" }]);
  expect(await view.find("things", "note", ["of other 9", "of other 10"])).toHaveLength(2);
  await view.contents();
  expect(await view.find("things", "note", ["of other 10"])).toMatchObject([{ id: "row 7" }]);
});

test("what comes while a column's values are read, or comes with very many others, is not missed by them", async () => {
  const { view, use, through } = await viewOf(["row 0"]);
  const ask = (value: string) => view.find("things", "note", [value]);
  for (let index = 0; index < 4; index++) expect(await ask(`other ${index}`)).toEqual([]);
  const goOn = Promise.withResolvers<void>();
  const read = Promise.withResolvers<void>();
  use.mockImplementationOnce(async (work) => {
    const result = await through(work);
    read.resolve();
    await goOn.promise;
    return result;
  });
  const asked = ask("other 4");
  await read.promise;
  await view.apply(things(["row 1"]), { sequence: 2, at: 2 });
  goOn.resolve();
  expect(await asked).toEqual([]);
  expect(await ask("of row 1")).toMatchObject([{ id: "row 1" }]);

  for (let index = 5; index < 15; index++) expect(await ask(`other ${index}`)).toEqual([]);
  await view.apply(things(Array.from({ length: 2500 }, (_, index) => `late ${index}`)), {
    sequence: 3,
    at: 3,
  });
  expect(await ask("of late 2499")).toMatchObject([{ id: "late 2499" }]);
});

/** Asks about so many things that are not there. */
function asking(view: View, name: string, count: number) {
  return async () => {
    for (let index = 0; index < count; index++)
      expect(await view.find("things", "id", [`${name} ${index}`])).toEqual([]);
  };
}

test("a column of too many values is asked about one by one, and one that has come to have too many is read anew", async () => {
  const ids = Array.from({ length: 9000 }, (_, index) => `row ${index}`);
  const many = await viewOf(ids);
  // The values were read once, and it is not tried again with every question.
  expect(await many.counted(asking(many.view, "other", 20))).toBe(21);
  expect(await many.view.find("things", "id", ["row 8999"])).toMatchObject([{ id: "row 8999" }]);

  const few = await viewOf(["row 0"]);
  await few.counted(asking(few.view, "early", 6));
  for (let turn = 0; turn < 9; turn++) {
    const replaced = new Changes(tables);
    for (const id of ids.slice(0, 1950)) replaced.put("things", { ...plain, id, note: `${turn}` });
    await few.view.apply(replaced, { sequence: turn + 2, at: turn + 2 });
  }
  // Too many were added, each anew: the first questions need statements again, and the fifth reads what there is.
  expect(await few.counted(asking(few.view, "late", 4))).toBe(4);
  expect(await few.counted(asking(few.view, "later", 50))).toBeLessThan(5);
  expect(await few.view.find("things", "id", ["row 1949"])).toMatchObject([{ id: "row 1949", note: "8" }]);
});

test("a snapshot with a log beside it is not whole, and none", async () => {
  const folder = scratchFolder();
  const database = await Database.open(folder);
  onTestFinished(() => database.close());
  const view = await new DuckDbEngine(database, tables).create();
  onTestFinished(() => view.close());
  const names = vi.spyOn(database, "newName");
  const use = database.use.bind(database);
  vi.spyOn(database, "use").mockImplementationOnce(async (work) => {
    const result = await use(work);
    await writeFile(join(database.folder, `${String(names.mock.results[0]?.value)}.duckdb.wal`), "log");
    return result;
  });
  await expect(view.snapshot()).rejects.toThrow("there is a log beside it");
  const left = await readdir(database.folder);
  expect(left.filter((name) => !name.startsWith(view.name))).toEqual([]);
  expect((await view.snapshot()).bytes.length).toBeGreaterThan(0);
});

test("what cannot be written is an error to every question from then on, not an answer without it", async () => {
  const database = await Database.open(scratchFolder());
  onTestFinished(() => database.close());
  const view = await new DuckDbEngine(database, tables).create();
  onTestFinished(() => view.close());
  const changes = new Changes(tables);
  changes.put("others", { id: "a", amount: 1 });
  await view.apply(changes, { sequence: 1, at: 1 });
  expect(await view.find("others", "id", ["a"])).toEqual([{ id: "a", amount: 1 }]);
  await database.use((connection) => connection.run(`DROP TABLE ${view.name}.others`));
  await expect(view.contents()).rejects.toThrow(/others/);
  await expect(view.query("SELECT 1")).rejects.toThrow(/not written/);
  await expect(view.snapshot()).rejects.toThrow(/not written/);
});
