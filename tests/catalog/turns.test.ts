import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { Database } from "../../app/catalog/duckdb/database.ts";
import { appendRows, columnDefinitions } from "../../app/catalog/duckdb/columns.ts";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { Changes } from "../../app/catalog/protocol/changes.ts";
import { layRun } from "../../app/catalog/protocol/replay.ts";
import { Segments } from "../../app/catalog/protocol/segments.ts";
import { column } from "../../app/catalog/protocol/tables.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { person, scratchFolder } from "./fixtures.ts";
import { entryOf, writeEntries } from "./stored-entries.ts";

const length = 8;

/** Counts the turns that are given to others. */
function counting() {
  const surroundings = { turns: 0, breathe: async () => void (surroundings.turns += 1) };
  return surroundings;
}

test("while a segment is made and read, others have a turn after each entry", async () => {
  const store = new DiskObjectStore(scratchFolder());
  await writeEntries(store, person, length);
  const making = counting();
  await new Segments(store, person, personModel, length, making).write(length);
  // Each is checked, and each is copied.
  expect(making.turns).toBe(2 * length);

  const reading = counting();
  const runs = await Array.fromAsync(new Segments(store, person, personModel, length, reading).after(0));
  expect(runs.flat().map(({ seq }) => seq)).toEqual(Array.from({ length }, (_, index) => index + 1));
  expect(reading.turns).toBe(length);
});

test("one entry is laid out without a turn for others, and many with one between each two", async () => {
  for (const count of [1, 5]) {
    const surroundings = counting();
    const changes = new Changes(personModel.tables);
    const entries = Array.from({ length: count }, (_, index) => entryOf(index + 1));
    await layRun(entries, { owner: person, model: personModel, surroundings }, changes);
    expect([...changes.of("photos")]).toHaveLength(count);
    expect(surroundings.turns).toBe(count - 1);
  }
});

test("while many rows are handed to DuckDB, others have a turn after each 512", async () => {
  const database = await Database.open(scratchFolder());
  onTestFinished(() => database.close());
  const table = { key: "id", columns: { id: column("text") } } as const;
  const rows = Array.from({ length: 1500 }, (_, index) => ({ id: `row-${index}` }));
  await database.use(async (connection) => {
    await connection.run(`CREATE TABLE things (${columnDefinitions(table)})`);
    const appender = await connection.createAppender("memory", "things");
    const state = { turns: 0, isAppended: false };
    const others = (async () => {
      for (; !state.isAppended; state.turns += 1) await setImmediate();
    })();
    await appendRows(appender, rows, table);
    state.isAppended = true;
    const { turns } = state;
    appender.closeSync();
    await others;
    expect(turns).toBeGreaterThanOrEqual(2);
    expect(await connection.query("SELECT count(DISTINCT id)::INTEGER FROM things")).toEqual([[1500]]);
  });
});
