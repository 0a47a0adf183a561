import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import type { Catalog } from "../../app/catalog/catalog.ts";
import type { Command } from "../../app/catalog/command.ts";
import { type OpenLimits, OpenPeople } from "../../app/catalog/open-people.ts";
import type { Effect } from "../../app/catalog/person/effects.ts";
import { type PersonAnswer, personModel } from "../../app/catalog/person/person-model.ts";
import type { PersonTables } from "../../app/catalog/person/tables.ts";
import { realSurroundings } from "../../app/catalog/protocol/surroundings.ts";
import type { ViewEngine } from "../../app/catalog/protocol/view.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import type { ObjectStore } from "../../app/storage/object-store.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import type { MemoryView } from "../simulation/memory-view.ts";
import { countingEngine } from "./counting-engine.ts";
import { newKey, openCatalog, scratchFolder } from "./fixtures.ts";

const people = Array.from({ length: 12 }, (_, index) => `0193a5b8-0000-4000-8000-0000000002${10 + index}`);

function signIn(catalog: Catalog, userId: string) {
  const command = {
    kind: "see-sign-in",
    email: `${userId}@example.com`,
    name: null,
  } as const;
  return catalog.execute(userId, command, { idempotencyKey: newKey() });
}

/** Names of the files that views are in. */
function views(folder: string): readonly string[] {
  return readdirSync(join(folder, "cache", "views")).filter((name) => name.endsWith(".duckdb"));
}

test("views that take more memory and files than they may are closed once nobody asks, and everyone is answered", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder, { limits: { mostBytes: 1 } });
  await Promise.all(people.map((userId) => signIn(catalog, userId)));
  for (const userId of people) {
    expect(await catalog.profile(userId)).toMatchObject({
      email: `${userId}@example.com`,
    });
  }
  // The one that was asked last may still be on its way out.
  await vi.waitFor(() => expect(views(folder).length).toBeLessThanOrEqual(1), {
    timeout: 5000,
  });
});

test("while as many people as may be open are being answered, further ones wait for their turn", async () => {
  const folder = scratchFolder();
  let most = 0;
  const store = new DiskObjectStore(join(folder, "records"));
  const busy = new Set<string>();
  const put: ObjectStore["put"] = async (name, body, options) => {
    const [, owner = ""] = name.split("/");
    busy.add(owner);
    most = Math.max(most, busy.size);
    try {
      return await store.put(name, body, options);
    } finally {
      busy.delete(owner);
    }
  };
  const records: ObjectStore = {
    put,
    read: (name) => store.read(name),
    openRead: (name, range) => store.openRead(name, range),
    stat: (name) => store.stat(name),
    list: (prefix, options) => store.list(prefix, options),
    delete: (name, options) => store.delete(name, options),
  };
  const catalog = await openCatalog(folder, {
    records,
    limits: { mostOpen: 3 },
  });
  await Promise.all(people.map((userId) => signIn(catalog, userId)));
  expect(most).toBeLessThanOrEqual(3);
  const profiles = await Promise.all(people.map((userId) => catalog.profile(userId)));
  expect(profiles.map((profile) => profile?.id)).toEqual(people);
});

function openPeople(
  store: ObjectStore,
  engine: ViewEngine<MemoryView>,
  limits: Partial<OpenLimits>,
  surroundings = realSurroundings,
) {
  return new OpenPeople<MemoryView, PersonTables, Command, Effect, PersonAnswer>({
    store,
    engine,
    model: personModel,
    surroundings,
    writer: "test",
    limits,
  });
}

const signInCommand = (userId: string) =>
  ({
    kind: "see-sign-in",
    email: `${userId}@example.com`,
    name: null,
  }) as const;

test("of views that take more than they may, only as many are closed as are too many", async () => {
  const { engine, counts } = countingEngine();
  const everybody = openPeople(createMemoryStore(), engine, { mostBytes: 9 });
  await Promise.all(people.map((userId) => everybody.of(userId).submit(signInCommand(userId), newKey())));
  await vi.waitFor(() => expect(counts.open).toBeLessThanOrEqual(9));
  // Whatever else was going to be closed is closed before this is.
  const [first = ""] = people.slice(-1);
  await everybody.of(first).read((view) => view.contents());
  await setImmediate();
  expect(counts.open).toBe(9);
  await everybody.close();
});

test("behind a store that takes no copies, views on their way out count, and whoever waits too long is refused", async () => {
  const store = createMemoryStore();
  const goOn = Promise.withResolvers<void>();
  const records: ObjectStore = {
    put: async (name, body, options) => {
      if (name.includes("/snapshots/")) await goOn.promise;
      return await store.put(name, body, options);
    },
    read: (name) => store.read(name),
    openRead: (name, range) => store.openRead(name, range),
    stat: (name) => store.stat(name),
    list: (prefix, options) => store.list(prefix, options),
    delete: (name, options) => store.delete(name, options),
  };
  let later = 0;
  const seconds: (() => void)[] = [];
  const surroundings = {
    ...realSurroundings,
    elapsed: () => performance.now() + later,
    sleep: () => new Promise<void>((resolve) => seconds.push(resolve)),
  };
  const { engine, counts } = countingEngine();
  const everybody = openPeople(records, engine, { mostOpen: 3, snapshotOnClosing: 1 }, surroundings);
  const signIns = people.map((userId) => everybody.of(userId).submit(signInCommand(userId), newKey()));
  const outcomes = Promise.allSettled(signIns);
  await Promise.all(signIns.slice(0, 3));
  await vi.waitFor(() => expect(seconds).toHaveLength(1));
  later = 31_000;
  for (const resolve of seconds.splice(0)) resolve();
  const answers = await outcomes;
  expect(answers.map(({ status }) => status)).toEqual([
    ...Array.from({ length: 3 }, () => "fulfilled"),
    ...Array.from({ length: 9 }, () => "rejected"),
  ]);
  expect(answers[11]).toMatchObject({
    reason: {
      code: "catalog-busy",
      message: expect.stringContaining("within 30 s"),
    },
  });
  expect(counts).toEqual({ open: 3, most: 3 });

  goOn.resolve();
  const sequences = people.map((userId) => everybody.of(userId).submit(signInCommand(userId), newKey()));
  expect(await Promise.all(sequences)).toHaveLength(12);
  expect(counts.most).toBe(3);
  await everybody.close();
  expect(counts.open).toBe(0);
});
