import { expect, test } from "vitest";
import type { Catalog } from "../../app/catalog/catalog.ts";
import type { Command } from "../../app/catalog/command.ts";
import { add, newKey, openCatalog, person, scratchFolder } from "./fixtures.ts";

const derivatives = {
  previewPath: "previews/u/p1_preview.v2.jpg",
  thumbnailPath: "thumbnails/u/p1_thumb.v2.webp",
  thumbhash: "abcd",
  derivation: 2,
  width: 30,
  height: 40,
  warning: null,
};

function run(catalog: Catalog, command: Command) {
  return catalog.execute(person, command, { idempotencyKey: newKey() });
}

async function idsOf(catalog: Catalog, query: { readonly trashed?: boolean } = {}): Promise<string[]> {
  return (await catalog.photos(person, query)).photos.map(({ id }) => id);
}

test("what is being processed becomes ready with its pictures", async () => {
  const catalog = await openCatalog(scratchFolder());
  await add(catalog, "p1", { state: "processing", derivation: 0, metadata: { make: "Apple" } });
  const { photo } = await run(catalog, { kind: "record-derivatives", photoId: "p1", derivatives });
  const { warning: _, ...recorded } = derivatives;
  const metadata = { make: "Apple", decoderWarning: null };
  expect(photo).toMatchObject({ ...recorded, state: "ready", version: 2, metadata });
});

test("processing that failed says why and keeps the photo; a photo that is ready cannot fail", async () => {
  const catalog = await openCatalog(scratchFolder());
  await add(catalog, "p1", { state: "processing" });
  await add(catalog, "p2");
  const failing = { kind: "fail-processing", reason: "damaged" } as const;
  const { photo } = await run(catalog, { ...failing, photoId: "p1" });
  expect(photo).toMatchObject({ state: "failed", metadata: { decoderWarning: "damaged" } });
  expect((await run(catalog, { ...failing, photoId: "p2" })).photo).toMatchObject({
    state: "ready",
    version: 1,
  });
  expect(await idsOf(catalog)).toEqual(expect.arrayContaining(["p1", "p2"]));
});

test("purging is for the trash only; its room is free once it is finished", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  await run(catalog, { kind: "see-sign-in", email: "a@example.com", name: null });
  await add(catalog, "p1", { sizeBytes: 5000 });
  await add(catalog, "p2", { sizeBytes: 300 });
  await expect(run(catalog, { kind: "purge-photo", photoId: "p1" })).rejects.toMatchObject({
    code: "photo-not-in-trash",
  });
  await expect(run(catalog, { kind: "finish-purge", photoId: "p1" })).rejects.toMatchObject({
    code: "photo-not-in-trash",
  });
  await run(catalog, { kind: "trash-photo", photoId: "p1" });
  await run(catalog, { kind: "purge-photo", photoId: "p1" });
  expect((await catalog.profile(person))?.storageUsed).toBe(5300);
  await run(catalog, { kind: "finish-purge", photoId: "p1" });
  await run(catalog, { kind: "finish-purge", photoId: "p1" });
  expect((await catalog.profile(person))?.storageUsed).toBe(300);
  expect(await catalog.photo(person, "p1")).toBeUndefined();
  await catalog.close();
  const later = await openCatalog(folder);
  expect((await later.profile(person))?.storageUsed).toBe(300);
  expect(await idsOf(later)).toEqual(["p2"]);
});

test("what is being purged is shown nowhere, cannot be changed, and its content may come anew", async () => {
  const catalog = await openCatalog(scratchFolder());
  const sha256 = "c".repeat(64);
  await add(catalog, "p1", { sha256 });
  await run(catalog, { kind: "trash-photo", photoId: "p1" });
  expect(await idsOf(catalog, { trashed: true })).toEqual(["p1"]);
  await run(catalog, { kind: "purge-photo", photoId: "p1" });
  expect(await idsOf(catalog, { trashed: true })).toEqual([]);
  expect(await catalog.photoOfContent(person, sha256)).toBeUndefined();
  expect((await catalog.photo(person, "p1"))?.state).toBe("purging");
  for (const command of [
    { kind: "restore-photo", photoId: "p1" },
    { kind: "record-derivatives", photoId: "p1", derivatives },
  ] as const) {
    await expect(run(catalog, command)).rejects.toMatchObject({ code: "photo-not-found" });
  }
  await add(catalog, "p2", { sha256 });
  expect(await idsOf(catalog)).toEqual(["p2"]);
});

test("every photo is found in the order of ids, whatever its state", async () => {
  const catalog = await openCatalog(scratchFolder());
  for (const id of ["p3", "p1", "p2"]) await add(catalog, id);
  await run(catalog, { kind: "trash-photo", photoId: "p2" });
  await run(catalog, { kind: "purge-photo", photoId: "p2" });
  const first = await catalog.everyPhoto(person, { limit: 2 });
  expect(first.map(({ id }) => id)).toEqual(["p1", "p2"]);
  expect((await catalog.everyPhoto(person, { limit: 2, after: "p2" })).map(({ id }) => id)).toEqual(["p3"]);
  await expect(catalog.everyPhoto(person, { limit: 0 })).rejects.toThrow(RangeError);
});
