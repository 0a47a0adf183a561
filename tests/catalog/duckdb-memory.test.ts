import { expect, onTestFinished, test, vi } from "vitest";
import { Database } from "../../app/catalog/duckdb/database.ts";
import { Changes } from "../../app/catalog/protocol/changes.ts";
import { CatalogBusyError } from "../../app/catalog/protocol/errors.ts";
import { usableMemory } from "../../app/usable-memory.ts";
import type { Notice } from "../../app/catalog/protocol/notice.ts";
import { OpenPeople } from "../../app/catalog/open-people.ts";
import { entryName } from "../../app/catalog/protocol/log.ts";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { realSurroundings } from "../../app/catalog/protocol/surroundings.ts";
import { DuckDbEngine } from "../../app/catalog/duckdb/duckdb-engine.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import { newKey, person, scratchFolder } from "./fixtures.ts";

const mebibyte = 2 ** 20;

async function open(usableBytes?: number): Promise<Database> {
  const database = await Database.open(scratchFolder(), usableBytes);
  onTestFinished(() => database.close());
  return database;
}

/** Bytes as DuckDB writes them: with one decimal and a unit. */
async function limitOf(database: Database, setting: string): Promise<number> {
  const [[text] = []] = await database.use((connection) =>
    connection.query(`SELECT current_setting('${setting}')`),
  );
  const [, number = "", unit = ""] = /^([\d.]+) (KiB|MiB|GiB|TiB)$/.exec(String(text)) ?? [];
  return Number(number) * 1024 ** (["KiB", "MiB", "GiB", "TiB"].indexOf(unit) + 1);
}

test("DuckDB's bounds are a quarter and an eighth of what the process may use", async () => {
  const small = await open(512 * mebibyte);
  expect(await limitOf(small, "memory_limit")).toBe(128 * mebibyte);
  expect(await limitOf(small, "max_temp_directory_size")).toBe(64 * mebibyte);
  const usual = await open();
  expect((await limitOf(usual, "memory_limit")) / usableMemory()).toBeCloseTo(1 / 4, 1);
});

test.each([
  ["more memory than there may be", "SELECT list(range::VARCHAR) FROM range(2000000)"],
  [
    "more put aside than there may be",
    "SELECT count(*) FROM (SELECT range::VARCHAR || repeat('x', 1000) AS a FROM range(200000) ORDER BY hash(a), a)",
  ],
])(
  "a statement that needs %s is refused, to be repeated, and the next one is answered",
  async (_what, sql) => {
    const database = await open(64 * mebibyte);
    const asked = database.use((connection) => connection.query(sql));
    await expect(asked).rejects.toThrow(CatalogBusyError);
    await expect(asked).rejects.toMatchObject({
      code: "catalog-busy",
      message: "there is no memory left: nothing was done; repeat the request later",
    });
    const [[answer] = []] = await database.use((connection) => connection.query("SELECT 42"));
    expect(answer).toBe(42);
  },
);

function openPeople(database: Database, store = createMemoryStore()) {
  const notices: Notice[] = [];
  const people = new OpenPeople({
    store,
    engine: new DuckDbEngine(database, personModel.tables),
    model: personModel,
    surroundings: realSurroundings,
    writer: "test",
    notify: (notice) => notices.push(notice),
  });
  return { people, mine: people.of(person), notices };
}

const signIn = (email: string) => ({ kind: "see-sign-in", email, name: null }) as const;

test("a question that there is no memory for costs nobody the view, or trust in the snapshot that it came from", async () => {
  const { people, mine, notices } = openPeople(await open(64 * mebibyte));
  await mine.submit(signIn("a@example.com"), newKey());
  const name = await mine.read((view) => Promise.resolve(view.name));
  const tooMuch = mine.read((view) => view.query("SELECT list(range::VARCHAR) FROM range(2000000)"));
  await expect(tooMuch).rejects.toThrow(CatalogBusyError);
  expect(await mine.read((view) => Promise.resolve(view.name))).toBe(name);
  expect(notices).toEqual([]);
  await people.close();
});

test("changes that there is no memory to write cost the view, and no trust in the snapshot that it came from", async () => {
  const database = await open();
  const store = createMemoryStore();
  const before = openPeople(database, store);
  await before.mine.submit(signIn("a@example.com"), newKey());
  await before.mine.keepUp(1);
  await before.people.close();
  const { people, mine, notices } = openPeople(database, store);
  await mine.submit(signIn("b@example.com"), newKey());

  const noMemory = new CatalogBusyError("there is no memory left");
  vi.spyOn(database, "use").mockRejectedValueOnce(noMemory);
  await expect(mine.read((view) => view.contents())).rejects.toThrow(CatalogBusyError);
  const reads: string[] = [];
  store.before = (operation, name) => {
    if (operation === "read") reads.push(name);
  };
  const { position, tables } = await mine.read((view) => view.contents());
  expect(position.sequence).toBe(2);
  expect(tables["users"]).toMatchObject([{ email: "b@example.com" }]);
  expect(notices.map(({ kind }) => kind)).toEqual(["view-discarded"]);
  expect(reads).not.toContain(entryName(person, 1));
  await people.close();
});

test("rows that wait in memory to be written or are remembered count as used, until they are written or the view is closed", async () => {
  const database = await open();
  const engine = new DuckDbEngine(database, personModel.tables);
  const [asked, closed] = [await engine.create(), await engine.create()];
  const empty = await engine.usedBytes(true);
  for (const view of [asked, closed]) {
    for (let sequence = 1; sequence <= 20; sequence++) {
      const changes = new Changes(personModel.tables);
      // Half of them are the same row again.
      const key = `key ${Math.ceil(sequence / 2)}`;
      changes.put("keys", { key, request: "r", sequence, at: "2026-11-23T08:00:00.000Z", subject: null });
      await view.apply(changes, { sequence, at: sequence });
    }
  }
  // Each ten rows to be written, which are also remembered.
  const [toWrite, known] = [10 * 3 * 1024, 10 * 1024];
  expect(database.keptBytes).toBe(2 * (toWrite + known));
  expect(await engine.usedBytes(true)).toBeGreaterThanOrEqual(empty + 2 * (toWrite + known));
  await asked.contents();
  expect(database.keptBytes).toBe(toWrite + 2 * known);
  for (let index = 0; index < 5; index++) await asked.find("keys", "key", [`other ${index}`]);
  // Four of those that are not there, and then the column's values.
  expect(database.keptBytes).toBe(toWrite + 2 * known + 4 * 1024 + 16 * 1024);
  await closed.close();
  expect(database.keptBytes).toBe(known + 4 * 1024 + 16 * 1024);
  await asked.close();
  expect(database.keptBytes).toBe(0);
});
