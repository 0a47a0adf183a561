import { expect, test } from "vitest";
import { albumLimits } from "../../app/catalog/album.ts";
import type { Catalog } from "../../app/catalog/catalog.ts";
import type { Command } from "../../app/catalog/command.ts";
import { newKey, openCatalog, person, scratchFolder } from "./fixtures.ts";
import { newPhoto } from "./photo-fixture.ts";

const run = (catalog: Catalog, command: Command) =>
  catalog.execute(person, command, { idempotencyKey: newKey() });

const undo = (catalog: Catalog, sequence: number) =>
  catalog.undo(person, sequence, { idempotencyKey: newKey() });

/** Commands of one turn of the event loop, which share an entry. */
async function runAtOnce(catalog: Catalog, commands: readonly Command[]): Promise<number> {
  const receipts = await Promise.all(commands.map((command) => run(catalog, command)));
  const [sequence = 0, ...others] = new Set(receipts.map((receipt) => receipt.sequence));
  expect(others).toEqual([]);
  return sequence;
}

const adding = (id: string): Command => ({
  kind: "add-photo",
  photo: newPhoto(id, { private: false }),
});

const creating = (nth: number): Command => ({
  kind: "create-album",
  album: { id: `album-${nth}`, title: "Album" },
});

const sharing = (id: string, photoIds: readonly string[]): Command => {
  const expiresDate = new Date(Date.now() + 24 * 3600_000).toISOString();
  return { kind: "create-share", share: { id, title: null, expiresDate, photoIds } };
};

test("an entry that added a photo, put it into albums and shared it is undone as one", async () => {
  const catalog = await openCatalog(scratchFolder());
  await run(catalog, adding("other"));
  await run(catalog, { kind: "create-album", album: { id: "trip", title: "Trip", photoIds: ["other"] } });
  const added = await runAtOnce(catalog, [
    adding("a"),
    { kind: "create-album", album: { id: "new", title: "New", photoIds: ["a"] } },
    { kind: "add-to-album", albumId: "trip", photoIds: ["a"] },
    { kind: "edit-album", albumId: "trip", edit: { coverPhotoId: "a" } },
    sharing("s", ["a"]),
  ]);
  const { sequence } = await undo(catalog, added);
  expect((await catalog.photo(person, "a"))?.deletedAt).not.toBeNull();
  expect(await catalog.album(person, "new")).toBeUndefined();
  expect(await catalog.album(person, "trip")).toMatchObject({ photoCount: 1, coverPhotoId: null });
  expect(await catalog.share(person, "s")).toMatchObject({ photoIds: [], endedDate: expect.any(String) });
  await undo(catalog, sequence);
  expect((await catalog.photo(person, "a"))?.deletedAt).toBeNull();
  expect(await catalog.album(person, "new")).toMatchObject({ photoCount: 1 });
});

test("what came into an album or a share later stands in the way still", async () => {
  const catalog = await openCatalog(scratchFolder());
  const added = await runAtOnce(catalog, [
    adding("a"),
    { kind: "create-album", album: { id: "new", title: "New", photoIds: ["a"] } },
  ]);
  await run(catalog, sharing("later", ["a"]));
  await expect(undo(catalog, added)).rejects.toThrow("share 'later' shows photo 'a'");
  await run(catalog, { kind: "end-share", shareId: "later" });
  await run(catalog, { kind: "create-album", album: { id: "later", title: "Later", photoIds: ["a"] } });
  await expect(undo(catalog, added)).rejects.toThrow("photo 'a' is in album 'later'");
});

test("albums that one undo brings back are counted together", async () => {
  const catalog = await openCatalog(scratchFolder());
  const all = Array.from({ length: albumLimits.albums }, (_, nth) => creating(nth));
  await Promise.all(all.map((command) => run(catalog, command)));
  const deleted = await runAtOnce(
    catalog,
    [0, 1].map((nth) => ({ kind: "delete-album", albumId: `album-${nth}` })),
  );
  await run(catalog, creating(all.length));
  await expect(undo(catalog, deleted)).rejects.toMatchObject({ code: "too-many-albums" });
  await run(catalog, { kind: "delete-album", albumId: `album-${all.length}` });
  await undo(catalog, deleted);
  expect(await catalog.album(person, "album-1")).toBeDefined();
});
