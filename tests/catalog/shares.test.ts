import { expect, test } from "vitest";
import type { Catalog } from "../../app/catalog/catalog.ts";
import type { PhotoCommand, ShareCommand } from "../../app/catalog/command.ts";
import type { NewShare } from "../../app/catalog/share.ts";
import { add, newKey, openCatalog, person, scratchFolder, surroundingsAt } from "./fixtures.ts";

const day = 24 * 3600 * 1000;
const start = Date.parse("2026-11-25T08:00:00.000Z");

const execute = (catalog: Catalog, command: PhotoCommand | ShareCommand) =>
  catalog.execute(person, command, { idempotencyKey: newKey() });

function newShare(changes: Partial<NewShare> = {}): NewShare {
  const expiresDate = new Date(start + 7 * day).toISOString();
  return { id: "s1", title: "For you", expiresDate, photoIds: ["p2", "p1"], ...changes };
}

const create = (catalog: Catalog, changes: Partial<NewShare> = {}) =>
  execute(catalog, { kind: "create-share", share: newShare(changes) });

async function withPhotos() {
  const folder = scratchFolder();
  const clock = { now: start };
  const catalog = await openCatalog(folder, { surroundings: surroundingsAt(clock) });
  await Promise.all(["p1", "p2", "p3"].map((id) => add(catalog, id, { private: false })));
  return { folder, clock, catalog };
}

test("a share shows its photos in their order until it is ended, which again is no error", async () => {
  const { folder, clock, catalog } = await withPhotos();
  const { share } = await create(catalog);
  expect(share).toEqual({
    id: "s1",
    title: "For you",
    createdDate: "2026-11-25T08:00:00.000Z",
    expiresDate: "2026-12-02T08:00:00.000Z",
    endedDate: null,
    photoCount: 2,
  });
  await catalog.close();
  const later = await openCatalog(folder, { surroundings: surroundingsAt(clock) });
  expect(await later.share(person, "s1")).toEqual({ ...share, photoIds: ["p2", "p1"] });
  clock.now += day;
  const ended = await execute(later, { kind: "end-share", shareId: "s1" });
  expect(ended.share).toMatchObject({ endedDate: "2026-11-26T08:00:00.000Z", photoCount: 0 });
  expect((await execute(later, { kind: "end-share", shareId: "s1" })).sequence).toBe(ended.sequence);
  expect(await later.share(person, "s1")).toMatchObject({ photoIds: [] });
});

test("a photo that goes into the trash leaves every share for good, and the last one ends its share", async () => {
  const { catalog } = await withPhotos();
  await create(catalog);
  await create(catalog, { id: "s2", photoIds: ["p1"] });
  await execute(catalog, { kind: "trash-photo", photoId: "p1" });
  await execute(catalog, { kind: "restore-photo", photoId: "p1" });
  expect(await catalog.share(person, "s1")).toMatchObject({ photoIds: ["p2"], endedDate: null });
  expect(await catalog.share(person, "s2")).toMatchObject({ photoIds: [], endedDate: expect.any(String) });
});

test("a photo that becomes private leaves its shares, also when all of them do at once", async () => {
  const { catalog } = await withPhotos();
  await create(catalog, { photoIds: ["p1", "p2", "p3"] });
  await execute(catalog, { kind: "edit-photo", photoId: "p3", edit: { title: "Still shown" } });
  await Promise.all(
    ["p1", "p2"].map((photoId) => execute(catalog, { kind: "edit-photo", photoId, edit: { private: true } })),
  );
  expect(await catalog.share(person, "s1")).toMatchObject({ photoIds: ["p3"], photoCount: 1 });
  await execute(catalog, { kind: "edit-photo", photoId: "p3", edit: { private: true } });
  expect(await catalog.share(person, "s1")).toMatchObject({ photoIds: [], endedDate: expect.any(String) });
});

test("what cannot be shared is refused by name, and nothing is written", async () => {
  const { catalog } = await withPhotos();
  await add(catalog, "hidden");
  await add(catalog, "unfinished", { private: false, state: "processing" });
  await add(catalog, "trashed", { private: false });
  await execute(catalog, { kind: "trash-photo", photoId: "trashed" });
  const { sequence } = await create(catalog);
  const refusals: readonly [string, Partial<NewShare>][] = [
    ["share-exists", { id: "s1" }],
    ["invalid-command", { id: "a/b" }],
    ["invalid-command", { photoIds: [] }],
    ["invalid-command", { photoIds: Array.from({ length: 501 }, (_, index) => `p${index}`) }],
    ["invalid-command", { expiresDate: "2026-11-25T08:00:00.000Z" }],
    ["invalid-command", { expiresDate: "2026-12-25T08:00:00.001Z" }],
    ["invalid-command", { expiresDate: "tomorrow" }],
    ["invalid-command", { title: "x".repeat(201) }],
    ["photo-not-found", { photoIds: ["p1", "none"] }],
    ["photo-not-shareable", { photoIds: ["hidden"] }],
    ["photo-not-shareable", { photoIds: ["trashed"] }],
    ["photo-not-shareable", { photoIds: ["unfinished"] }],
  ];
  for (const [code, changes] of refusals) {
    await expect(create(catalog, { id: "s2", ...changes })).rejects.toMatchObject({ code });
  }
  expect((await execute(catalog, { kind: "restore-photo", photoId: "p1" })).sequence).toBe(sequence);
});

test("thirty days to the millisecond are allowed, and only what is there can be ended", async () => {
  const { catalog } = await withPhotos();
  const { share } = await create(catalog, { expiresDate: "2026-12-25T08:00:00.000Z" });
  expect(share?.expiresDate).toBe("2026-12-25T08:00:00.000Z");
  const ending = execute(catalog, { kind: "end-share", shareId: "none" });
  await expect(ending).rejects.toMatchObject({ code: "share-not-found", shareId: "none" });
});

test("a hundred shares are open at once; one that has expired does not count", async () => {
  const { clock, catalog } = await withPhotos();
  await create(catalog, { id: "short", expiresDate: new Date(start + 1).toISOString() });
  const opening = Array.from({ length: 100 }, (_, index) => create(catalog, { id: `s-${index}` }));
  const outcomes = await Promise.allSettled(opening);
  const [refused, ...others] = outcomes.filter(({ status }) => status === "rejected");
  expect(refused).toMatchObject({ reason: { code: "too-many-shares", limit: 100 } });
  expect(others).toEqual([]);
  clock.now += 2;
  await create(catalog, { id: "after" });
  const first = await catalog.shares(person, { limit: 60 });
  const rest = await catalog.shares(person, { limit: 60, cursor: first.nextCursor ?? "" });
  expect(new Set([...first.shares, ...rest.shares].map(({ id }) => id)).size).toBe(101);
  expect(first.shares[0]?.id).toBe("after");
  expect(rest.nextCursor).toBeUndefined();
});
