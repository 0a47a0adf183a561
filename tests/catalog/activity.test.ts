import { expect, test } from "vitest";
import type { Activity } from "../../app/catalog/activity.ts";
import type { Catalog } from "../../app/catalog/catalog.ts";
import type { Command } from "../../app/catalog/command.ts";
import { InvalidCursorError } from "../../app/catalog/cursor.ts";
import { AccountClosedError } from "../../app/catalog/person/errors.ts";
import { newKey, openCatalog, person, scratchFolder } from "./fixtures.ts";
import { newPhoto } from "./photo-fixture.ts";

const nothing = { photoId: null, albumId: null, shareId: null, uploadId: null, photoCount: null };

async function run(catalog: Catalog, ...commands: readonly Command[]): Promise<void> {
  await Promise.all(
    commands.map((command) => catalog.execute(person, command, { idempotencyKey: newKey() })),
  );
}

async function allOf(catalog: Catalog, limit: number): Promise<Activity[]> {
  const activities: Activity[] = [];
  let cursor: string | undefined;
  do {
    const page = await catalog.activity(person, { limit, ...(cursor !== undefined && { cursor }) });
    expect(page.activities.length).toBeLessThanOrEqual(limit);
    activities.push(...page.activities);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return activities;
}

test("what happened is told from the last to the first, whatever the page's size", async () => {
  const catalog = await openCatalog(scratchFolder());
  expect(await catalog.activity(person, {})).toEqual({ activities: [], nextCursor: undefined });
  // Together, so that they share entries.
  await run(
    catalog,
    ...["a", "b", "c"].map((id) => ({ kind: "add-photo", photo: newPhoto(id, { private: false }) }) as const),
  );
  await run(catalog, { kind: "create-album", album: { id: "album", title: "Trip", photoIds: ["a", "b"] } });
  await run(catalog, { kind: "edit-photo", photoId: "a", edit: { title: "Secret" } });
  await run(catalog, { kind: "trash-photo", photoId: "b" });
  const all = await allOf(catalog, 200);
  expect(all.slice(0, 5)).toEqual([
    { ...nothing, sequence: expect.any(Number), at: expect.any(String), kind: "photo-trashed", photoId: "b" },
    expect.objectContaining({ kind: "photo-edited", photoId: "a" }),
    expect.objectContaining({ kind: "album-photos-added", albumId: "album", photoCount: 2 }),
    expect.objectContaining({ kind: "album-created", albumId: "album", photoCount: null }),
    expect.objectContaining({ kind: "photo-added", photoId: "c" }),
  ]);
  expect(all).toHaveLength(7);
  expect(JSON.stringify(all)).not.toMatch(/Secret|Trip/);
  for (const limit of [1, 2, 3, 6]) expect(await allOf(catalog, limit)).toEqual(all);
});

test("a page that was begun is not disturbed by what happens meanwhile", async () => {
  const catalog = await openCatalog(scratchFolder());
  for (let index = 0; index < 40; index++) {
    await run(catalog, { kind: "add-photo", photo: newPhoto(`p${index}`) });
  }
  const first = await catalog.activity(person, { limit: 5 });
  await run(catalog, { kind: "trash-photo", photoId: "p3" });
  const second = await catalog.activity(person, { limit: 200, cursor: first.nextCursor ?? "" });
  expect(second.activities.map(({ photoId }) => photoId)).toEqual(
    Array.from({ length: 35 }, (_, index) => `p${34 - index}`),
  );
});

test("a change is told to who gives its token; bounds, foreign cursors and closed accounts are refused", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  const photo = newPhoto("a");
  const { token: after } = await catalog.execute(
    person,
    { kind: "add-photo", photo },
    { idempotencyKey: newKey() },
  );
  expect((await catalog.activity(person, { after })).activities).toMatchObject([{ photoId: "a" }]);
  await expect(catalog.activity(person, { limit: 0 })).rejects.toThrow(/from 1 to 200, got 0/);
  await run(catalog, { kind: "add-photo", photo: newPhoto("b") });
  const { nextCursor: cursor = "" } = await catalog.photos(person, { limit: 1 });
  await expect(catalog.activity(person, { cursor })).rejects.toThrow(InvalidCursorError);
  await run(catalog, { kind: "close-account" });
  await expect(catalog.activity(person, {})).rejects.toThrow(AccountClosedError);
});
