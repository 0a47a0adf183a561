import { readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { verifyCatalog } from "../../app/catalog/history/verify-catalog.ts";
import { publishOutbox } from "../../app/catalog/outbox/publish-outbox.ts";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { Segments } from "../../app/catalog/protocol/segments.ts";
import { unreachedSince } from "../../app/maintenance/unreached-accounts.ts";
import { CloudObjectStore } from "../../app/storage/cloud-object-store.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { ObjectDamagedError } from "../../app/storage/object-store.ts";
import { StorageStandIn, startStorageStandIn } from "../../local/google-apis/storage/storage-stand-in.ts";
import { entryName, recordsFolder, run } from "../cli/command.ts";
import { add, newKey, openCatalog, person, scratchFolder } from "./fixtures.ts";

const standIn = new StorageStandIn({ allows: () => true });
let server: Awaited<ReturnType<typeof startStorageStandIn>>;
beforeAll(async () => {
  server = await startStorageStandIn(standIn);
});
afterAll(() => server.close());

/** Six entries of one person on disk. */
async function sixEntries() {
  const place = recordsFolder();
  const catalog = await openCatalog(place.folder);
  for (let index = 1; index <= 6; index++) await add(catalog, `p${index}`);
  const records = new DiskObjectStore(place.records);
  const lose = (...sequences: number[]) => {
    for (const sequence of sequences) rmSync(entryName(place.records, person, sequence));
  };
  /** @returns puts the entry back */
  const keep = (sequence: number) => {
    const name = entryName(place.records, person, sequence);
    const target = readlinkSync(name);
    return () => symlinkSync(target, name);
  };
  return { ...place, catalog, records, lose, keep };
}

test("a log that ends where it should is whole, whatever goes along it", async () => {
  const { catalog, records } = await sixEntries();
  await catalog.keepUp(person);
  await publishOutbox(records, person, { publish: async () => {}, now: () => Date.now() });
  await new Segments(records, person, personModel, 3).write(6);
  expect((await verifyCatalog(records, person)).damage).toEqual([]);
});

test("a lost end that a snapshot knows of is found, told with what to do, and nothing makes the snapshot anew", async () => {
  const { catalog, url, records, lose } = await sixEntries();
  await catalog.keepUp(person);
  await catalog.close();
  lose(5, 6);
  const { damage } = await verifyCatalog(records, person);
  expect(damage).toEqual([
    {
      owner: person,
      kind: "missing",
      sequence: 5,
      lastSequence: 6,
      problem: "entries 5 to 6 are missing at the end of the log: a snapshot knows entry 6",
      remedy: expect.stringMatching(
        /^'catalog\/\S+\/snapshots\/\S+\/000000000006' has what all entries .*; put them back .* a snapshot of entry 6, and the next change takes number 7$/,
      ),
    },
  ]);
  const asked = ["--records", url, "--person", person];
  const inspected = await run("catalog", "inspect", ...asked);
  expect(inspected.code).toBe(1);
  expect(inspected.text).toContain("the log ends at entry 4, and a snapshot knows entry 6");
  const before = await Array.fromAsync(records.list("catalog/"));
  const rebuilt = await run("catalog", "rebuild", ...asked);
  expect(rebuilt.code).toBe(1);
  expect(rebuilt.complaint).toContain("entries 5 to 6 are missing");
  expect(await Array.fromAsync(records.list("catalog/"))).toEqual(before);
  expect((await run("catalog", "export", ...asked)).code).toBe(1);
  expect((await run("catalog", "export", ...asked, "--sequence", "4")).code).toBe(0);
  // The service goes on from the snapshot: nothing that was acknowledged is missing, and no number is given twice.
  const again = await openCatalog(scratchFolder(), { records });
  expect((await add(again, "p7")).sequence).toBe(7);
  expect(await again.everyPhoto(person, { limit: 10 })).toHaveLength(7);
});

test("a lost end is found by a later copy where an earlier one is damaged", async () => {
  const { catalog, records, folder, lose } = await sixEntries();
  await catalog.keepUp(person);
  await add(catalog, "p7");
  await catalog.keepUp(person);
  await catalog.close();
  lose(6, 7);
  const [first] = await Array.fromAsync(records.list(`catalog/${person}/snapshots/`));
  const name = join(folder, "records", first?.name ?? "");
  rmSync(name);
  symlinkSync("elsewhere", name);
  await expect(Array.fromAsync(records.list(`catalog/${person}/snapshots/`))).rejects.toThrow(
    ObjectDamagedError,
  );
  expect((await verifyCatalog(records, person)).damage).toMatchObject([
    { kind: "missing", sequence: 6, lastSequence: 7, problem: expect.stringContaining("a snapshot knows") },
  ]);
});

test("a lost end that only the mark of what was published knows of is found", async () => {
  const { records, lose } = await sixEntries();
  await publishOutbox(records, person, { publish: async () => {}, now: () => Date.now() });
  lose(6);
  expect((await verifyCatalog(records, person)).damage).toMatchObject([
    { kind: "missing", sequence: 6, problem: expect.stringContaining("published.json' knows entry 6") },
  ]);
});

test("a lost end that a segment has is found there", async () => {
  const { records, lose } = await sixEntries();
  await new Segments(records, person, personModel, 3).write(6);
  lose(6);
  expect((await verifyCatalog(records, person)).damage).toMatchObject([
    {
      kind: "missing",
      sequence: 6,
      remedy: expect.stringMatching(/000000000004.jsonl' has their bytes.*put it back/),
    },
  ]);
});

test("a log that is gone as a whole is found as long as a copy is there", async () => {
  const { catalog, records, lose } = await sixEntries();
  await catalog.keepUp(person);
  lose(1, 2, 3, 4, 5, 6);
  expect((await verifyCatalog(records, person)).damage).toMatchObject([
    { kind: "missing", sequence: 1, lastSequence: 6 },
  ]);
});

test("a closed account's log that begins later is being deleted only where nothing else is left but upkeep's mark", async () => {
  const { catalog, folder, url, records, lose, keep } = await sixEntries();
  const kept: (() => void)[] = [];
  lose(1, 2);
  await catalog.keepUp(person);
  // Not closed.
  expect((await verifyCatalog(records, person)).damage).toMatchObject([{ kind: "missing", sequence: 1 }]);
  await catalog.execute(person, { kind: "close-account" }, { idempotencyKey: newKey() });
  await catalog.keepUp(person);
  // Snapshots and segments go before the log.
  expect((await verifyCatalog(records, person)).damage).toMatchObject([{ kind: "missing", sequence: 1 }]);
  await catalog.close();
  const left = join(folder, "records/catalog", person);
  for (const name of readdirSync(left)) if (name !== "log") rmSync(join(left, name), { recursive: true });
  expect((await verifyCatalog(records, person)).damage).toMatchObject([{ kind: "missing", sequence: 1 }]);
  await unreachedSince(records, person, { now: Date.now(), isDryRun: false });
  expect(await verifyCatalog(records, person)).toMatchObject({ isBeingDeleted: true, damage: [] });
  expect((await run("catalog", "verify", "--records", url)).text).toContain(
    `${person}  being deleted, 5 entries read`,
  );
  expect((await run("catalog", "inspect", "--records", url)).text).toMatch(/Z, being deleted$/m);
  // The deletion goes on while it is looked through: it takes two more before they are read, and then all.
  for (const taken of [
    [3, 4],
    [5, 6, 7],
  ]) {
    const list = records.list.bind(records);
    const listing = vi.spyOn(records, "list").mockImplementation(async function* (prefix, options) {
      yield* list(prefix, options);
      if (prefix.endsWith("/log/")) {
        listing.mockRestore();
        kept.push(...taken.map((sequence) => keep(sequence)));
        lose(...taken);
      }
    });
    expect(await verifyCatalog(records, person)).toMatchObject({ damage: [] });
  }
  for (const put of kept) put();
  // A gap further on is none of the deletion's.
  lose(5);
  expect((await verifyCatalog(records, person)).damage).toMatchObject([{ sequence: 1 }, { sequence: 5 }]);
  expect(await run("catalog", "inspect", "--records", url)).toMatchObject({
    code: 1,
    text: expect.stringContaining("3 of 7 entries are missing"),
  });
});

test("a catalog that is deleted as a whole while it is looked through has not lost its end", async () => {
  const { catalog, folder, records } = await sixEntries();
  await catalog.keepUp(person);
  const list = records.list.bind(records);
  let isLogAsked = false;
  vi.spyOn(records, "list").mockImplementation((prefix, options) => {
    // After the snapshot was seen.
    if (prefix.endsWith("/log/")) {
      isLogAsked = true;
      rmSync(join(folder, "records/catalog", person), { recursive: true });
    }
    return list(prefix, options);
  });
  expect((await verifyCatalog(records, person)).damage).toEqual([]);
  expect(isLogAsked).toBe(true);
});

test("a deleted end is found by the bucket's older versions where nothing else knows of it, and put back from there", async () => {
  standIn.createBucket("lost-end", { versioning: true });
  const records = new CloudObjectStore({ bucket: "lost-end", apiEndpoint: server.origin });
  const catalog = await openCatalog(scratchFolder(), { records });
  for (let index = 1; index <= 3; index++) await add(catalog, `p${index}`);
  expect((await verifyCatalog(records, person)).damage).toEqual([]);
  const name = `catalog/${person}/log/000000000003.json`;
  const found = await records.read(name);
  await records.delete(name);
  const { damage } = await verifyCatalog(records, person);
  const generation = found?.object.generation ?? "";
  expect(damage).toMatchObject([
    {
      kind: "missing",
      sequence: 3,
      problem: expect.stringContaining("an older version in the bucket knows entry 3"),
      remedy: expect.stringContaining(`'${name}#${generation}': copy that back to '${name}'`),
    },
  ]);
  await records.put(name, found?.bytes ?? Buffer.of(), { ifAbsent: true });
  expect((await verifyCatalog(records, person)).damage).toEqual([]);
});

test("of what was deleted, names are listed that are not there again, each once, from page to page", async () => {
  standIn.createBucket("deleted", { versioning: true });
  const store = new CloudObjectStore({ bucket: "deleted", apiEndpoint: server.origin, listPageSize: 2 });
  for (const name of ["a/1", "a/2", "a/3", "a/4", "b/5"]) {
    for (const text of ["one", "two"]) await store.put(name, Buffer.from(text));
  }
  const last = (await store.stat("a/4"))?.generation;
  for (const name of ["a/1", "a/2", "a/4", "b/5"]) await store.delete(name);
  await store.put("a/2", Buffer.from("again"));
  const listed = await Array.fromAsync(store.listDeleted("a/", "a/1"));
  expect(listed).toEqual([{ name: "a/4", generation: last }]);
  expect((await Array.fromAsync(store.listDeleted("a/", "a/0"))).map(({ name }) => name)).toEqual([
    "a/1",
    "a/4",
  ]);
});
