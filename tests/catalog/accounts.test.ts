import { join } from "node:path";
import { expect, test } from "vitest";
import type { Catalog } from "../../app/catalog/catalog.ts";
import type { Command } from "../../app/catalog/command.ts";
import { PhotoNotFoundError } from "../../app/catalog/person/errors.ts";
import { DamagedLogError, entryName } from "../../app/catalog/protocol/log.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { type MemoryStore, createMemoryStore } from "../app/memory-store.ts";
import { add, newKey, openCatalog, otherPerson, person, scratchFolder, surroundingsAt } from "./fixtures.ts";
import { newPhoto } from "./photo-fixture.ts";

const gibibyte = 2 ** 30;

function execute(catalog: Catalog, command: Command, idempotencyKey = newKey()) {
  return catalog.execute(person, command, { idempotencyKey });
}

const signIn: Command = { kind: "see-sign-in", email: "anna@example.com", name: null };
const close: Command = { kind: "close-account" };

async function entries(folder: string): Promise<number> {
  const found = new DiskObjectStore(join(folder, "records")).list(`catalog/${person}/log/`);
  return (await Array.fromAsync(found)).length;
}

test("photos are as private as the person's setting says, from when it is changed", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  await execute(catalog, signIn);
  expect((await add(catalog, "p1")).photo?.private).toBe(true);
  await execute(catalog, { kind: "change-settings", settings: { privateByDefault: false } });
  expect((await add(catalog, "p2")).photo?.private).toBe(false);
  expect((await add(catalog, "p3", { private: true })).photo?.private).toBe(true);
  expect(await catalog.profile(person)).toMatchObject({ settings: { privateByDefault: false } });
  expect((await catalog.photo(person, "p1"))?.private).toBe(true);
  const written = await entries(folder);
  await execute(catalog, { kind: "change-settings", settings: { privateByDefault: false } });
  await execute(catalog, { kind: "change-settings", settings: {} });
  expect(await entries(folder)).toBe(written);
});

test("an administrator's quota holds at once, may be below what is used, and null is what everyone has", async () => {
  const catalog = await openCatalog(scratchFolder());
  const give = (bytes: number | null) =>
    execute(catalog, { kind: "set-quota", bytes, administratorId: otherPerson });
  await give(5000);
  await add(catalog, "p1", { sizeBytes: 3000 });
  await expect(add(catalog, "p2", { sizeBytes: 3000 })).rejects.toMatchObject({ quotaBytes: 5000 });
  await give(1000);
  await expect(add(catalog, "p2", { sizeBytes: 1 })).rejects.toMatchObject({
    code: "quota-exceeded",
    usedBytes: 3000,
    quotaBytes: 1000,
  });
  await give(null);
  await add(catalog, "p2", { sizeBytes: 3000 });
  expect((await catalog.usage(person)).quotaBytes).toBe(gibibyte);
  await expect(give(-1)).rejects.toMatchObject({ code: "invalid-command" });
});

test("usage counts photos, the trash, what is being deleted and uploads under way", async () => {
  const catalog = await openCatalog(scratchFolder());
  expect(await catalog.usage(person)).toMatchObject({ usedBytes: 0, photos: { count: 0, bytes: 0 } });
  for (const [id, sizeBytes] of [
    ["p1", 1],
    ["p2", 10],
    ["p3", 100],
    ["p4", 1000],
  ] as const) {
    await add(catalog, id, { sizeBytes });
  }
  await execute(catalog, { kind: "trash-photo", photoId: "p3" });
  await execute(catalog, { kind: "trash-photo", photoId: "p4" });
  await execute(catalog, { kind: "purge-photo", photoId: "p4" });
  const { id, filename, title, contentType, sha256 } = newPhoto("u1");
  const upload = { id, filename, title, contentType, sha256, private: null, sizeBytes: 10_000 };
  await execute(catalog, { kind: "open-upload", upload });
  expect(await catalog.usage(person)).toEqual({
    quotaBytes: gibibyte,
    usedBytes: 1111,
    reservedBytes: 10_000,
    photos: { count: 2, bytes: 11 },
    trash: { count: 1, bytes: 100 },
    purging: { count: 1, bytes: 1000 },
    uploads: { count: 1, bytes: 10_000 },
  });
});

test("after an account's last entry every command is refused and nothing is shown, also by another instance", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  const other = await openCatalog(folder, { cacheFolder: join(folder, "second-cache") });
  await execute(catalog, signIn);
  await add(catalog, "p1");
  await other.profile(person);
  expect(await catalog.isClosed(person)).toBe(false);
  await execute(catalog, close);
  const written = await entries(folder);
  const commands: Command[] = [
    signIn,
    close,
    { kind: "add-photo", photo: newPhoto("p2") },
    { kind: "trash-photo", photoId: "p1" },
    { kind: "trash-photo", photoId: "never there" },
    { kind: "favorite-photo", photoId: "p1", favorite: true },
    { kind: "close-upload", uploadId: "u1" },
    { kind: "finish-purge", photoId: "p9" },
    { kind: "change-settings", settings: {} },
    { kind: "set-quota", bytes: 1, administratorId: otherPerson },
  ];
  for (const command of commands) {
    for (const instance of [catalog, other]) {
      await expect(execute(instance, command)).rejects.toMatchObject({ code: "account-closed" });
    }
  }
  expect(await entries(folder)).toBe(written);
  const questions = [
    (asked: Catalog) => asked.profile(person),
    (asked: Catalog) => asked.photo(person, "p1"),
    (asked: Catalog) => asked.photoOfContent(person, newPhoto("p1").sha256),
    (asked: Catalog) => asked.photos(person, {}),
    (asked: Catalog) => asked.upload(person, "u1"),
    (asked: Catalog) => asked.usage(person),
  ];
  for (const question of questions) {
    for (const instance of [catalog, other]) {
      await expect(question(instance)).rejects.toMatchObject({ code: "account-closed", userId: person });
    }
  }
  expect(await other.isClosed(person)).toBe(true);
  expect(await other.everyPhoto(person, { limit: 10 })).toHaveLength(1);
  expect(await other.isClosed(otherPerson)).toBe(false);
});

test("commands that share the last entry are taken before the closing and refused after it", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  await execute(catalog, signIn);
  const written = await entries(folder);
  const before = add(catalog, "p1");
  const closing = execute(catalog, close);
  const after = add(catalog, "p2");
  const signInAfter = execute(catalog, signIn);
  await before;
  await closing;
  await expect(after).rejects.toMatchObject({ code: "account-closed" });
  await expect(signInAfter).rejects.toMatchObject({ code: "account-closed" });
  expect(await entries(folder)).toBe(written + 1);
  expect((await catalog.everyPhoto(person, { limit: 10 })).map(({ id }) => id)).toEqual(["p1"]);
});

test("of two instances' writers none is acknowledged after the last entry", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  const other = await openCatalog(folder, { cacheFolder: join(folder, "second-cache") });
  await execute(catalog, signIn);
  const adding = Array.from({ length: 30 }, async (_, index) => {
    const { sequence } = await add(index % 2 ? catalog : other, `p${index}`);
    return { id: `p${index}`, sequence };
  });
  const closing = execute(catalog, close);
  const outcomes = await Promise.allSettled(adding);
  const { sequence: last } = await closing;
  const acknowledged = outcomes.filter((outcome) => outcome.status === "fulfilled").map(({ value }) => value);
  for (const { sequence } of acknowledged) expect(sequence).toBeLessThanOrEqual(last);
  for (const outcome of outcomes.filter(({ status }) => status === "rejected")) {
    expect(outcome).toMatchObject({ reason: { code: "account-closed" } });
  }
  const kept = await other.everyPhoto(person, { limit: 100 });
  expect(kept.map(({ id }) => id).toSorted()).toEqual(acknowledged.map(({ id }) => id).toSorted());
  expect(await entries(folder)).toBe(last);
});

test("closing again with the same key gives the first answer", async () => {
  const catalog = await openCatalog(scratchFolder());
  const first = await execute(catalog, close, "closing");
  expect(await execute(catalog, close, "closing")).toEqual(first);
});

/** The log of two photos, and a copy of it. */
async function twoPhotosWithSnapshot(): Promise<MemoryStore> {
  const records = createMemoryStore();
  const catalog = await openCatalog(scratchFolder(), { records });
  for (const id of ["p1", "p2"]) await add(catalog, id);
  await catalog.keepUp(person);
  await catalog.close();
  return records;
}

function openNextDay(records: MemoryStore): Promise<Catalog> {
  const surroundings = surroundingsAt({ now: Date.now() + 25 * 3600 * 1000 });
  return openCatalog(scratchFolder(), { records, surroundings });
}

test("a view that was opened while the account's log was deleted changes nothing", async () => {
  const records = createMemoryStore();
  const before = await openCatalog(scratchFolder(), { records });
  for (const id of ["p1", "p2"]) await add(before, id);
  await execute(before, close);
  await before.close();
  const logNames = () => records.names().filter((name) => name.includes("/log/"));
  const deleteLog = async () => {
    for (const name of logNames()) await records.delete(name);
  };
  // From the first entry on, when all but the last have been read.
  records.before = async (operation, name) => {
    if (operation === "read" && name === entryName(person, 3)) await deleteLog();
  };
  const late = await openNextDay(records);
  expect(await late.photos(person, {})).toMatchObject({ photos: [{}, {}] });
  const favorite = { kind: "favorite-photo", photoId: "p1", favorite: true } as const;
  await expect(execute(late, favorite)).rejects.toThrow(PhotoNotFoundError);
  expect(logNames()).toEqual([]);
});

test("a copy that came after the deletion of its account is not gone on with", async () => {
  const records = await twoPhotosWithSnapshot();
  for (const sequence of [1, 2]) await records.delete(entryName(person, sequence));
  const names = records.names();
  const later = await openNextDay(records);
  const favorite = { kind: "favorite-photo", photoId: "p2", favorite: true } as const;
  await expect(execute(later, favorite)).rejects.toThrow(DamagedLogError);
  await expect(execute(later, favorite)).rejects.toThrow(DamagedLogError);
  expect(records.names()).toEqual(names);
});

test("a log whose end is lost, and known to a snapshot, is gone on with after that", async () => {
  const records = await twoPhotosWithSnapshot();
  await records.delete(entryName(person, 2));
  const later = await openNextDay(records);
  const favorite = { kind: "favorite-photo", photoId: "p2", favorite: true } as const;
  expect((await execute(later, favorite)).sequence).toBe(3);
});
