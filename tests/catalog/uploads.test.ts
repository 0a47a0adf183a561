import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Catalog } from "../../app/catalog/catalog.ts";
import type { Command } from "../../app/catalog/command.ts";
import type { NewUpload } from "../../app/catalog/upload.ts";
import { add, newKey, openCatalog, person, scratchFolder, surroundingsAt } from "./fixtures.ts";
import { newPhoto } from "./photo-fixture.ts";

const gibibyte = 2 ** 30;
const hour = 3600 * 1000;

function newUpload(id: string, changes: Partial<NewUpload> = {}): NewUpload {
  return {
    id,
    filename: `${id}.jpg`,
    title: null,
    private: null,
    contentType: "image/jpeg",
    sizeBytes: 1000,
    sha256: createHash("sha256").update(id).digest("hex"),
    ...changes,
  };
}

function open(catalog: Catalog, id: string, changes: Partial<NewUpload> = {}) {
  const upload = newUpload(id, changes);
  return catalog.execute(person, { kind: "open-upload", upload }, { idempotencyKey: `open ${id}` });
}

test("an upload reserves its room until it is completed, and is found with all its fields", async () => {
  const folder = scratchFolder();
  const clock = { now: Date.parse("2026-11-23T08:00:00.000Z") };
  const catalog = await openCatalog(folder, { surroundings: surroundingsAt(clock) });
  const changes = { title: "Sea", private: false, sizeBytes: 700_000_000 };
  const { upload } = await open(catalog, "u1", changes);
  expect(upload).toEqual({
    ...newUpload("u1", changes),
    createdDate: "2026-11-23T08:00:00.000Z",
    expiresDate: "2026-11-24T08:00:00.000Z",
    state: "open",
    photoId: null,
  });
  expect(await catalog.upload(person, "u1")).toEqual(upload);
  expect((await catalog.profile(person))?.storageUsed ?? 0).toBe(0);
  await expect(open(catalog, "u2", { sizeBytes: 400_000_000 })).rejects.toMatchObject({
    code: "quota-exceeded",
    usedBytes: 700_000_000,
    quotaBytes: gibibyte,
  });
  await expect(add(catalog, "p0", { sizeBytes: 400_000_000 })).rejects.toMatchObject({
    code: "quota-exceeded",
  });

  const photo = newPhoto("p1", { sizeBytes: 700_000_000, sha256: newUpload("u1").sha256 });
  const command = { kind: "add-photo", photo, uploadId: "u1" } as const;
  const { photo: added } = await catalog.execute(person, command, { idempotencyKey: newKey() });
  expect(added?.id).toBe("p1");
  expect(await catalog.upload(person, "u1")).toMatchObject({ state: "completed", photoId: "p1" });
  await open(catalog, "u3", { sizeBytes: 300_000_000 });
  await expect(open(catalog, "u4", { sizeBytes: 100_000_000 })).rejects.toMatchObject({
    code: "quota-exceeded",
  });
  await catalog.close();
  const later = await openCatalog(folder, { surroundings: surroundingsAt(clock) });
  expect(await later.upload(person, "u1")).toMatchObject({ state: "completed", photoId: "p1" });
});

test("twenty uploads at once by a person with room for ten: exactly ten succeed", async () => {
  const catalog = await openCatalog(scratchFolder());
  const sizeBytes = Math.floor(gibibyte / 10);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) => open(catalog, `u${index}`, { sizeBytes })),
  );
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
  for (const outcome of outcomes.filter(({ status }) => status === "rejected")) {
    expect(outcome).toMatchObject({ reason: { code: "quota-exceeded" } });
  }
});

test("opening the same upload again is the same upload", async () => {
  const catalog = await openCatalog(scratchFolder());
  const first = await open(catalog, "u1");
  expect(await open(catalog, "u1")).toEqual(first);
  const upload = newUpload("u1");
  const again = await catalog.execute(person, { kind: "open-upload", upload }, { idempotencyKey: newKey() });
  expect(again.upload).toEqual(first.upload);
});

test("content that is a photo already opens no upload", async () => {
  const catalog = await openCatalog(scratchFolder());
  await add(catalog, "p1", { sha256: newUpload("u1").sha256 });
  await expect(open(catalog, "u1")).rejects.toMatchObject({ code: "photo-exists", photoId: "p1" });
});

test("giving an upload up frees its room, and again is no error", async () => {
  const catalog = await openCatalog(scratchFolder());
  await open(catalog, "u1", { sizeBytes: gibibyte });
  for (const _ of [1, 2]) {
    await catalog.execute(person, { kind: "close-upload", uploadId: "u1" }, { idempotencyKey: newKey() });
  }
  expect(await catalog.upload(person, "u1")).toBeUndefined();
  await open(catalog, "u2", { sizeBytes: gibibyte });
});

test("an upload whose content came another way frees its room and leads to that photo, until it is purged", async () => {
  const catalog = await openCatalog(scratchFolder());
  const run = (command: Command) => catalog.execute(person, command, { idempotencyKey: newKey() });
  await open(catalog, "u1");
  await add(catalog, "p1");
  // No such photo: it is given up as without.
  await open(catalog, "u2", { sizeBytes: 1 });
  await run({ kind: "close-upload", uploadId: "u2", photoId: "p2" });
  expect(await catalog.upload(person, "u2")).toBeUndefined();
  const closed = await run({ kind: "close-upload", uploadId: "u1", photoId: "p1" });
  expect(closed.upload).toMatchObject({ state: "completed", photoId: "p1" });
  expect((await catalog.usage(person)).reservedBytes).toBe(0);
  await run({ kind: "close-upload", uploadId: "u1" });
  expect(await catalog.upload(person, "u1")).toMatchObject({ photoId: "p1" });
  await run({ kind: "trash-photo", photoId: "p1" });
  await run({ kind: "purge-photo", photoId: "p1" });
  await open(catalog, "u3", { sizeBytes: 1 });
  await run({ kind: "close-upload", uploadId: "u3", photoId: "p1" });
  expect(await catalog.upload(person, "u3")).toBeUndefined();
  await run({ kind: "finish-purge", photoId: "p1" });
  expect(await catalog.upload(person, "u1")).toBeUndefined();
});

test("a reservation ends by itself after a day, and is forgotten with the next one", async () => {
  const clock = { now: Date.parse("2026-11-23T08:00:00.000Z") };
  const catalog = await openCatalog(scratchFolder(), { surroundings: surroundingsAt(clock) });
  await open(catalog, "u1", { sizeBytes: gibibyte });
  clock.now += 23 * hour;
  await expect(open(catalog, "u2", { sizeBytes: 1 })).rejects.toMatchObject({ code: "quota-exceeded" });
  clock.now += hour + 1;
  expect(await catalog.upload(person, "u1")).toMatchObject({ state: "open" });
  await open(catalog, "u3", { sizeBytes: gibibyte });
  expect(await catalog.upload(person, "u1")).toBeUndefined();
  expect(await catalog.upload(person, "u3")).toMatchObject({ state: "open" });
});

test("no more than a hundred uploads are open at once", async () => {
  const catalog = await openCatalog(scratchFolder());
  const all = Array.from({ length: 103 }, (_, index) => open(catalog, `u${index}`));
  const outcomes = await Promise.allSettled(all);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(100);
  expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { code: "too-many-uploads", limit: 100 },
  });
});
