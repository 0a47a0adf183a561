import { join } from "node:path";
import { Database } from "../app/catalog/duckdb/database.ts";
import { DuckDbEngine } from "../app/catalog/duckdb/duckdb-engine.ts";
import type { Catalogs } from "../app/catalog/create-catalog.ts";
import { foldText } from "../app/catalog/folded-text.ts";
import { personModel } from "../app/catalog/person/person-model.ts";
import { Goals, milliseconds, percentile } from "./catalog-goals.ts";
import { type CatalogGround, benchmarkPhoto, createCatalogGround, writeLog } from "./catalog-ground.ts";
import { measureMemory } from "./catalog-memory.ts";
import { type Reference, fillSqlite, openSqlite } from "./catalog-sqlite.ts";
import { say, timed } from "./measure.ts";

const largest = 100_000;
const sizes = [1000, 10_000, largest] as const;
const changes = 60;
const questions = 40;
const atOnce = 50;
const owner = "0193a5b8-0000-4000-8000-000000000001";

/** Searched for: how many photos have a word decides how far is looked. */
const words = [
  { found: "all photos", search: "img" },
  { found: "a tenth", search: "ålesund" },
  { found: "a few", search: "10777" },
  { found: "no photos", search: "nowhere" },
] as const;

type Size = (typeof sizes)[number];

/** The most that opening may take, in milliseconds. */
const openingGoals: Readonly<Record<Size, number>> = { 1000: 30, 10_000: 40, 100_000: 100 };

/** What changes, questions and opening cost at three sizes, beside node:sqlite and a bare object put. */
export async function benchmarkCatalog(): Promise<void> {
  const goals = new Goals();
  const ground = createCatalogGround();
  try {
    await measureMemory(ground, goals);
    for (const size of sizes) await measureSize(ground, size, goals);
  } finally {
    await ground.close();
  }
  goals.print();
}

async function measureSize(ground: CatalogGround, size: Size, goals: Goals): Promise<void> {
  const person = `${owner.slice(0, -6)}${size.toString().padStart(6, "0")}`;
  const entries = await writeLog(ground.store, person, size);
  const file = join(ground.folder, `${size}.sqlite`);
  fillSqlite(file, size);
  const sqlite = openSqlite(file);
  const catalog = await ground.open();
  const rebuilt = await timed(() => catalog.photos(person, { limit: 1 }));
  say(
    `\n${size} photos in ${entries} entries: made anew from the log in ${milliseconds(rebuilt.seconds * 1000)}`,
  );
  try {
    // What opening a long log leaves to be done is measured by itself.
    const [kept, during] = await Promise.all([
      timed(() => catalog.keepUp(person)),
      repeat(questions, () => catalog.photos(person, { limit: 50 })),
    ]);
    say(`snapshot and segments made in ${milliseconds(kept.seconds * 1000)}`);
    goals.record({
      name: "newest 50 meanwhile, p95",
      size,
      measured: percentile(during, 0.95),
      ...(size === largest && { most: 15 }),
    });
    await measureQuestions(catalog, person, size, sqlite, goals);
    await measureChanges(ground, catalog, person, size, sqlite, goals);
    await catalog.keepUp(person);
    await measureOpening(ground, person, size, file, goals);
  } finally {
    sqlite.close();
    await catalog.close();
  }
}

async function measureQuestions(
  catalog: Catalogs,
  person: string,
  size: Size,
  sqlite: Reference,
  goals: Goals,
): Promise<void> {
  const columns = await catalog.photoColumns(person, { limit: Math.min(size / 2, 5000) });
  const middle = { before: columns.shownAt.at(-1) ?? "" };
  const { nextCursor: cursor } = await catalog.photos(person, { ...middle, limit: 50 });
  const next = cursor === undefined ? {} : { cursor };
  const asked = [
    { name: "newest 50", goal: 15, ask: () => catalog.photos(person, { limit: 50 }), same: sqlite.newest },
    {
      name: "next 50",
      goal: 15,
      ask: () => catalog.photos(person, { ...middle, ...next, limit: 50 }),
      same: sqlite.page,
    },
    ...words.map(({ found, search }) => ({
      name: `search for what ${found} have`,
      goal: 40,
      ask: () => catalog.photos(person, { search, limit: 50 }),
      same: () => sqlite.search(foldText(search)),
    })),
    { name: "facets", ask: () => catalog.facets(person, {}) },
    { name: "timeline", ask: () => catalog.timeline(person, {}) },
  ];
  for (const { name, goal, ask, same } of asked) {
    const ours = await repeat(questions, ask);
    const reference = same && (await repeat(questions, async () => same()));
    goals.record({
      name: `${name}, p95`,
      size,
      measured: percentile(ours, 0.95),
      reference: reference && percentile(reference, 0.95),
      ...(size === largest && goal !== undefined && { most: goal }),
    });
  }
}

async function measureChanges(
  ground: CatalogGround,
  catalog: Catalogs,
  person: string,
  size: Size,
  sqlite: Reference,
  goals: Goals,
): Promise<void> {
  let keys = 0;
  const change = (index: number) =>
    catalog.execute(
      person,
      { kind: "favorite-photo", photoId: benchmarkPhoto(index).id, favorite: keys % 2 === 0 },
      { idempotencyKey: `change-${size}-${(keys += 1)}` },
    );
  const bytes = Buffer.alloc(400, "x");
  const single = await repeat(changes, (turn) => change(turn % size));
  const inSqlite = await repeat(changes, async (turn) => sqlite.change(turn % size));
  const bare = await repeat(changes, (turn) =>
    ground.store.put(`bare/${size}/${turn}`, bytes, { ifAbsent: true }),
  );
  goals.record({
    name: "one change on disk, p95",
    size,
    measured: percentile(single, 0.95),
    reference: percentile(inSqlite, 0.95),
    put: percentile(bare, 0.95),
    most: 40,
  });
  const together = await repeat(20, async (turn) => {
    const indices = Array.from({ length: atOnce }, (_, index) => (turn * atOnce + index) % size);
    await Promise.all(indices.map(change));
  });
  const togetherInSqlite = await repeat(5, async () => {
    for (let index = 0; index < atOnce; index += 1) sqlite.change(index);
  });
  goals.record({
    name: `${atOnce} changes at once, a second`,
    size,
    measured: (atOnce * 1000) / percentile(together, 0.5),
    reference: (atOnce * 1000) / percentile(togetherInSqlite, 0.5),
    least: 1000,
  });
}

async function measureOpening(
  ground: CatalogGround,
  person: string,
  size: Size,
  file: string,
  goals: Goals,
): Promise<void> {
  const snapshots: string[] = [];
  for await (const { name } of ground.store.list(`catalog/${person}/snapshots/`)) snapshots.push(name);
  const bytes = (await ground.store.read(snapshots.at(-1) ?? ""))?.bytes;
  if (bytes === undefined) throw new Error(`no snapshot of ${person} to open from`);
  const database = await Database.open(join(ground.folder, `opening-${size}`));
  const engine = new DuckDbEngine(database, personModel.tables);
  const opening = await repeat(11, async () => {
    const view = await engine.restore(person, bytes);
    return async () => await view.close();
  });
  await database.close();
  const inSqlite = await repeat(11, async () => {
    const reopened = openSqlite(file);
    reopened.newest();
    return async () => reopened.close();
  });
  goals.record({
    name: `opened from a snapshot of ${(bytes.length / 1e6).toFixed(1)} MB, median`,
    size,
    measured: percentile(opening, 0.5),
    reference: percentile(inSqlite, 0.5),
    most: openingGoals[size],
  });
}

/** Milliseconds of each turn. What a turn gives back is called after it, outside of its time. */
async function repeat(turns: number, work: (turn: number) => Promise<unknown>): Promise<number[]> {
  const figures: number[] = [];
  for (let turn = -2; turn < turns; turn += 1) {
    const { seconds, result } = await timed(() => work(turn + 2));
    // The first two warm what is warm in a running process.
    if (turn >= 0) figures.push(seconds * 1000);
    if (typeof result === "function") await result();
  }
  return figures;
}
