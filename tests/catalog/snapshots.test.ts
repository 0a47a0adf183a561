import { join } from "node:path";
import { expect, test } from "vitest";
import { Snapshots } from "../../app/catalog/protocol/snapshots.ts";
import type { Notice } from "../../app/catalog/protocol/notice.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import type { ObjectStore } from "../../app/storage/object-store.ts";
import { add, newKey, openCatalog, otherPerson, person, scratchFolder } from "./fixtures.ts";

const records = (folder: string) => new DiskObjectStore(join(folder, "records"));

async function namesIn(store: ObjectStore, part: string): Promise<string[]> {
  const objects = await Array.fromAsync(store.list(`catalog/${person}/${part}/`));
  return objects.map(({ name }) => name);
}

/** A store that counts which objects are asked for. */
function counting(store: ObjectStore): { store: ObjectStore; reads: string[] } {
  const reads: string[] = [];
  const counted: ObjectStore = {
    put: (name, body, options) => store.put(name, body, options),
    read: (name) => {
      reads.push(name);
      return store.read(name);
    },
    openRead: (name, range) => store.openRead(name, range),
    stat: (name) => store.stat(name),
    list: (prefix, options) => store.list(prefix, options),
    delete: (name, options) => store.delete(name, options),
  };
  return { store: counted, reads };
}

test("a catalog opens from its snapshot, with every row and key, and reads only what came since", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  for (let index = 0; index < 9; index++)
    await add(catalog, `p${index}`, { tags: ["a", "b'c"], metadata: { n: index } });
  const command = { kind: "trash-photo", photoId: "p3" } as const;
  const trashed = await catalog.execute(person, command, { idempotencyKey: "trash" });
  await catalog.keepUp(person);
  await add(catalog, "after");
  const live = await catalog.photos(person, {});
  await catalog.close();

  const { store, reads } = counting(records(folder));
  const reopened = await openCatalog(folder, { records: store });
  expect(await reopened.photos(person, {})).toEqual(live);
  expect(await reopened.execute(person, command, { idempotencyKey: "trash" })).toEqual(trashed);
  const logReads = reads.filter((name) => name.includes("/log/"));
  expect(logReads.every((name) => Number(/(\d+)\.json/.exec(name)?.[1]) > 10)).toBe(true);
});

test("a snapshot takes those of retired formats away as far as it knows more, and leaves any other format", async () => {
  const store = records(scratchFolder());
  const put = async (format: string, ...sequences: number[]) => {
    for (const sequence of sequences) {
      const name = `catalog/${person}/snapshots/${format}/${sequence.toString().padStart(12, "0")}`;
      await store.put(name, Buffer.of(1));
    }
  };
  const left = async () =>
    (await namesIn(store, "snapshots")).map((name) => name.split("/snapshots/")[1]?.replace(/\/0+/, " "));
  await put("aaaa", 3, 5, 9);
  await put("bbbb", 1, 2);
  await put("own0", 4, 5);
  await new Snapshots(store, person, "own0", ["aaaa", "cccc"]).keep(7, Buffer.of(1));
  // Entry 9 may be what only that snapshot has of a log whose end is lost.
  expect(await left()).toEqual(["aaaa 9", "bbbb 1", "bbbb 2", "own0 5", "own0 7"]);
  await new Snapshots(store, person, "own0", ["aaaa", "cccc"]).keep(9, Buffer.of(1));
  expect(await left()).toEqual(["bbbb 1", "bbbb 2", "own0 7", "own0 9"]);
});

test("snapshots are made by themselves every so many entries, and only the newest two stay", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder, { limits: { snapshotInterval: 5 } });
  for (let index = 0; index < 22; index++) await add(catalog, `p${index}`);
  await catalog.keepUp(person);
  await catalog.close();
  const names = await namesIn(records(folder), "snapshots");
  expect(names).toHaveLength(2);
  expect(names.map((name) => Number(name.split("/").at(-1))).at(-1)).toBe(22);
});

test.each([
  ["damaged", (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 3)],
  ["replaced by something else", () => Buffer.from("not a database at all")],
])(
  "a snapshot that was %s is passed over, and the one before it or the log is taken",
  async (_how, spoil) => {
    const folder = scratchFolder();
    const catalog = await openCatalog(folder);
    await add(catalog, "p1");
    await catalog.keepUp(person);
    await add(catalog, "p2");
    await catalog.keepUp(person);
    await add(catalog, "p3");
    const live = await catalog.photos(person, {});
    await catalog.close();
    const store = records(folder);
    const notices: Notice[] = [];
    for (const name of (await namesIn(store, "snapshots")).toReversed()) {
      const bytes = (await store.read(name))?.bytes ?? Buffer.alloc(0);
      // Stored again, so that its checksum is right and only its content is wrong.
      await store.put(name, Buffer.from(spoil(bytes)));
      const reopened = await openCatalog(folder, { notify: (notice) => notices.push(notice) });
      expect(await reopened.photos(person, {})).toEqual(live);
      await reopened.close();
    }
    expect(notices.map(({ kind }) => kind)).toEqual([
      "snapshot-skipped",
      "snapshot-skipped",
      "snapshot-skipped",
    ]);
  },
);

test("a snapshot of other tables is left alone, and the view is made from the log", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  await add(catalog, "p1");
  await catalog.keepUp(person);
  await catalog.close();
  const store = records(folder);
  const [name = ""] = await namesIn(store, "snapshots");
  const bytes = (await store.read(name))?.bytes ?? Buffer.alloc(0);
  const older = name.replace(/snapshots\/[0-9a-f]{12}/, "snapshots/0123456789ab");
  await store.put(older, bytes);
  await store.delete(name);
  const reopened = await openCatalog(folder);
  expect((await reopened.photos(person, {})).photos).toHaveLength(1);
  await reopened.keepUp(person);
  expect(await namesIn(store, "snapshots")).toEqual([older, name].toSorted());
});

test("a rebuild without snapshots reads segments instead of entries", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder, { limits: { segmentLength: 8 } });
  for (let index = 0; index < 35; index++) await add(catalog, `p${index}`);
  await catalog.keepUp(person);
  const live = await catalog.photos(person, {});
  await catalog.close();
  const store = records(folder);
  for (const name of await namesIn(store, "snapshots")) await store.delete(name);
  expect(await namesIn(store, "segments")).toHaveLength(4);
  const counted = counting(store);
  const reopened = await openCatalog(folder, { records: counted.store, limits: { segmentLength: 8 } });
  expect(await reopened.photos(person, {})).toEqual(live);
  expect(counted.reads.filter((name) => name.includes("/log/")).length).toBeLessThanOrEqual(8);
});

test("no more views stay open than allowed; who was closed is opened again with the next question", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder, { limits: { mostOpen: 2, snapshotOnClosing: 1 } });
  const people = Array.from({ length: 6 }, (_, index) => `0193a5b8-0000-4000-8000-00000000010${index}`);
  const signIn = (userId: string) =>
    catalog.execute(
      userId,
      { kind: "see-sign-in", email: `${userId}@example.com`, name: null },
      { idempotencyKey: newKey() },
    );
  for (const userId of people) await signIn(userId);
  for (const userId of people) {
    expect(await catalog.profile(userId)).toMatchObject({ email: `${userId}@example.com` });
  }
  await Promise.all(people.map((userId) => catalog.photos(userId, {})));
  const store = records(folder);
  const snapshots = await Array.fromAsync(store.list(`catalog/${people[0] ?? ""}/snapshots/`));
  expect(snapshots).toHaveLength(1);
});

test("one person's upkeep that fails is told and harms nobody", async () => {
  const folder = scratchFolder();
  const store = records(folder);
  const notices: Notice[] = [];
  const catalog = await openCatalog(folder, {
    records: {
      put: (name, body, options) =>
        name.includes("/snapshots/") ? Promise.reject(new Error("no room")) : store.put(name, body, options),
      read: (name) => store.read(name),
      openRead: (name, range) => store.openRead(name, range),
      stat: (name) => store.stat(name),
      list: (prefix, options) => store.list(prefix, options),
      delete: (name, options) => store.delete(name, options),
    },
    notify: (notice) => notices.push(notice),
  });
  await add(catalog, "p1");
  await catalog.keepUp(person);
  expect(notices).toMatchObject([{ kind: "upkeep-failed", owner: person, error: { message: "no room" } }]);
  expect((await catalog.photos(person, {})).photos).toHaveLength(1);
  expect(await catalog.profile(otherPerson)).toBeUndefined();
});
