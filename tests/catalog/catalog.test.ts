import { join } from "node:path";
import { expect, test } from "vitest";
import { InvalidCursorError } from "../../app/catalog/cursor.ts";
import { PhotoExistsError, PhotoNotFoundError, QuotaExceededError } from "../../app/catalog/person/errors.ts";
import {
  CatalogClosedError,
  IdempotencyKeyReusedError,
  InvalidCommandError,
  InvalidTokenError,
} from "../../app/catalog/protocol/errors.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import { add, newKey, openCatalog, otherPerson, person, scratchFolder, surroundingsAt } from "./fixtures.ts";
import { newPhoto } from "./photo-fixture.ts";

test("a photo that was added is read back with every field, also by a catalog opened later", async () => {
  const folder = scratchFolder();
  const clock = { now: Date.parse("2026-11-23T08:30:00.123Z") };
  const catalog = await openCatalog(folder, { surroundings: surroundingsAt(clock) });
  const photo = newPhoto("p1", {
    title: "Fjällräven 'quoted' \"double\" 😀",
    description: "line\nline",
    tags: ["snow", "it's", "ß"],
    private: false,
    metadata: { Flash: { fired: true }, list: [1, "2", null] },
    takenAt: "2015-09-08T11:02:17",
    takenOffsetMinutes: -330,
    latitude: 59.91,
    longitude: -10.75,
    camera: "Jolla",
    lens: "28 mm",
    sizeBytes: 123_456_789,
  });
  const receipt = await catalog.execute(person, { kind: "add-photo", photo }, { idempotencyKey: newKey() });
  const expected = {
    ...photo,
    userId: person,
    uploadDate: "2026-11-23T08:30:00.123Z",
    updatedDate: "2026-11-23T08:30:00.123Z",
    deletedAt: null,
    favorite: false,
    version: 1,
  };
  expect(receipt).toEqual({ token: `${person}.1`, sequence: 1, photo: expected });
  expect(await catalog.photo(person, "p1")).toEqual(expected);
  await catalog.close();
  const reopened = await openCatalog(folder);
  expect(await reopened.photo(person, "p1")).toEqual(expected);
});

test("nobody sees another person's photos", async () => {
  const catalog = await openCatalog(scratchFolder());
  await add(catalog, "p1");
  expect(await catalog.photo(otherPerson, "p1")).toBeUndefined();
  expect((await catalog.photos(otherPerson, {})).photos).toEqual([]);
});

test("an upload is private unless the person's setting or the upload says otherwise", async () => {
  const catalog = await openCatalog(scratchFolder());
  expect((await add(catalog, "unsaid")).photo?.private).toBe(true);
  expect((await add(catalog, "open", { private: false })).photo?.private).toBe(false);
});

test("the trash takes a photo and gives it back, counting versions; twice changes nothing", async () => {
  const catalog = await openCatalog(scratchFolder());
  await add(catalog, "p1");
  const trash = () =>
    catalog.execute(person, { kind: "trash-photo", photoId: "p1" }, { idempotencyKey: newKey() });
  const restore = () =>
    catalog.execute(person, { kind: "restore-photo", photoId: "p1" }, { idempotencyKey: newKey() });
  const trashed = await trash();
  expect(trashed.photo).toMatchObject({ version: 2, deletedAt: expect.stringMatching(/Z$/) });
  expect((await trash()).sequence).toBe(trashed.sequence);
  expect((await catalog.photos(person, {})).photos).toEqual([]);
  expect((await catalog.photos(person, { trashed: true })).photos).toEqual([trashed.photo]);
  expect((await restore()).photo).toMatchObject({ version: 3, deletedAt: null });
  expect((await restore()).photo?.version).toBe(3);
});

test("what is not there cannot be changed, what is there cannot be added again", async () => {
  const catalog = await openCatalog(scratchFolder());
  const trash = catalog.execute(
    person,
    { kind: "trash-photo", photoId: "none" },
    { idempotencyKey: newKey() },
  );
  await expect(trash).rejects.toThrow(PhotoNotFoundError);
  await add(catalog, "p1");
  await expect(add(catalog, "p1")).rejects.toThrow(PhotoExistsError);
});

test("the quota holds, for uploads at once as for one after the other", async () => {
  const catalog = await openCatalog(scratchFolder());
  const half = 2 ** 29;
  const outcomes = await Promise.allSettled(
    ["a", "b", "c", "d"].map((id) => add(catalog, id, { sizeBytes: half })),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "rejected"]);
  await expect(add(catalog, "e", { sizeBytes: 1 })).rejects.toThrow(QuotaExceededError);
  await catalog.execute(
    person,
    { kind: "see-sign-in", email: "a@example.com", name: null },
    { idempotencyKey: newKey() },
  );
  expect(await catalog.profile(person)).toMatchObject({ storageQuota: 2 ** 30, storageUsed: 2 ** 30 });
});

test("the same key with the same command gives the first answer, with another command it is refused", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  const command = { kind: "add-photo", photo: newPhoto("p1") } as const;
  const first = await catalog.execute(person, command, { idempotencyKey: "k" });
  expect(await catalog.execute(person, command, { idempotencyKey: "k" })).toEqual(first);
  const other = { kind: "trash-photo", photoId: "p1" } as const;
  await expect(catalog.execute(person, other, { idempotencyKey: "k" })).rejects.toThrow(
    IdempotencyKeyReusedError,
  );
  await catalog.close();
  const reopened = await openCatalog(folder);
  expect(await reopened.execute(person, command, { idempotencyKey: "k" })).toEqual(first);
});

test("the same key many times at once is one change", async () => {
  const catalog = await openCatalog(scratchFolder());
  const command = { kind: "add-photo", photo: newPhoto("p1") } as const;
  const receipts = await Promise.all(
    Array.from({ length: 20 }, () => catalog.execute(person, command, { idempotencyKey: "k" })),
  );
  expect(new Set(receipts.map(({ token }) => token)).size).toBe(1);
  expect((await catalog.photos(person, {})).photos).toHaveLength(1);
});

test("a key is forgotten after a day", async () => {
  const clock = { now: Date.parse("2026-11-23T08:00:00Z") };
  const catalog = await openCatalog(scratchFolder(), { surroundings: surroundingsAt(clock) });
  const command = { kind: "add-photo", photo: newPhoto("p1") } as const;
  await catalog.execute(person, command, { idempotencyKey: "k" });
  clock.now += 24 * 3600 * 1000;
  await catalog.execute(person, command, { idempotencyKey: "k" });
  clock.now += 1;
  await expect(catalog.execute(person, command, { idempotencyKey: "k" })).rejects.toThrow(PhotoExistsError);
});

test("commands given at once share entries", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  const receipts = await Promise.all(Array.from({ length: 50 }, (_, index) => add(catalog, `p${index}`)));
  expect(receipts.map(({ sequence }) => sequence)).toEqual(receipts.map(() => 1));
  const entries = await Array.fromAsync(
    new DiskObjectStore(join(folder, "records")).list(`catalog/${person}/log/`),
  );
  expect(entries).toHaveLength(1);
});

test("pages go through all photos once, newest first by capture, else by upload", async () => {
  const clock = { now: Date.parse("2020-06-01T00:00:00Z") };
  const catalog = await openCatalog(scratchFolder(), { surroundings: surroundingsAt(clock) });
  await add(catalog, "uploaded-in-2020");
  await add(catalog, "taken-in-2015", { takenAt: "2015-09-08T11:02:17" });
  await Promise.all(["c", "a", "b"].map((id) => add(catalog, id, { takenAt: "2019-01-01T00:00:00" })));
  await add(catalog, "taken-in-1869", { takenAt: "1869-07-20T20:17:40" });
  const all = ["uploaded-in-2020", "c", "b", "a", "taken-in-2015", "taken-in-1869"];
  for (const limit of [1, 2, 3, 6, 200]) {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await catalog.photos(person, { limit, ...(cursor !== undefined && { cursor }) });
      expect(page.photos.length).toBeLessThanOrEqual(limit);
      seen.push(...page.photos.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(all);
  }
});

test.each([
  "",
  "x",
  "💥",
  Buffer.from("1 2020-13-01T00:00:00.000Z a").toString("base64url"),
  "A".repeat(1000),
])("the cursor %j is refused", async (cursor) => {
  const catalog = await openCatalog(scratchFolder());
  await expect(catalog.photos(person, { cursor })).rejects.toThrow(InvalidCursorError);
});

test.each([0, 201, 1.5, Number.NaN])("a page of %d is refused", async (limit) => {
  const catalog = await openCatalog(scratchFolder());
  await expect(catalog.photos(person, { limit })).rejects.toThrow(RangeError);
});

test("a token is seen, one of the future or of another person is refused at once", async () => {
  const catalog = await openCatalog(scratchFolder());
  const { token } = await add(catalog, "p1");
  expect(await catalog.photo(person, "p1", { after: token })).toBeDefined();
  await expect(catalog.photo(person, "p1", { after: `${person}.2` })).rejects.toThrow(InvalidTokenError);
  await expect(catalog.photo(otherPerson, "p1", { after: token })).rejects.toThrow(InvalidTokenError);
  await expect(catalog.photo(person, "p1", { after: "nonsense" })).rejects.toThrow(InvalidTokenError);
});

test("sign-ins are recorded when something changed or an hour has passed", async () => {
  const clock = { now: Date.parse("2026-11-23T08:00:00Z") };
  const catalog = await openCatalog(scratchFolder(), { surroundings: surroundingsAt(clock) });
  expect(await catalog.profile(person)).toBeUndefined();
  const signIn = (email: string, name: string | null) =>
    catalog.execute(person, { kind: "see-sign-in", email, name }, { idempotencyKey: newKey() });
  await signIn("ada@example.com", "Ada");
  expect(await catalog.profile(person)).toEqual({
    id: person,
    email: "ada@example.com",
    name: "Ada",
    avatarUrl: null,
    createdDate: "2026-11-23T08:00:00.000Z",
    lastLogin: "2026-11-23T08:00:00.000Z",
    settings: { privateByDefault: true },
    storageQuota: 1_073_741_824,
    storageUsed: 0,
  });
  clock.now += 1000;
  expect((await signIn("ada@example.com", "Ada")).sequence).toBe(1);
  expect((await signIn("ada@new.example.com", "Ada")).sequence).toBe(2);
  clock.now += 3600 * 1000;
  expect((await signIn("ada@new.example.com", "Ada")).sequence).toBe(3);
  expect(await catalog.profile(person)).toMatchObject({
    createdDate: "2026-11-23T08:00:00.000Z",
    lastLogin: "2026-11-23T09:00:01.000Z",
  });
});

test("what could not be read back is refused, and those beside it are not harmed", async () => {
  const catalog = await openCatalog(scratchFolder());
  const outcomes = await Promise.allSettled([
    add(catalog, "fine"),
    add(catalog, "bad", { takenAt: "yesterday" }),
    add(catalog, "worse", { sizeBytes: Number.NaN }),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(outcomes[1]).toMatchObject({ reason: expect.any(InvalidCommandError) });
});

test("a photo is found by its content", async () => {
  const catalog = await openCatalog(scratchFolder());
  await add(catalog, "p1", { sha256: "a".repeat(64) });
  expect((await catalog.photoOfContent(person, "a".repeat(64)))?.id).toBe("p1");
  expect(await catalog.photoOfContent(person, "b".repeat(64))).toBeUndefined();
});

test("closing finishes what was taken; afterwards nothing is taken", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  const adding = add(catalog, "p1");
  await catalog.close();
  expect((await adding).sequence).toBe(1);
  await expect(add(catalog, "p2")).rejects.toThrow(CatalogClosedError);
});

test("many entries are replayed in order by the next process", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  for (let index = 0; index < 70; index++) await add(catalog, `p${index}`);
  for (let index = 0; index < 70; index += 2) {
    await catalog.execute(
      person,
      { kind: "trash-photo", photoId: `p${index}` },
      { idempotencyKey: newKey() },
    );
  }
  const live = await catalog.photos(person, { limit: 200 });
  await catalog.close();
  const reopened = await openCatalog(folder);
  expect(await reopened.photos(person, { limit: 200 })).toEqual(live);
  expect(live.photos).toHaveLength(35);
});

test("content that is there already is refused with the id of its photo, also within one entry", async () => {
  const catalog = await openCatalog(scratchFolder());
  const sha256 = "b".repeat(64);
  const outcomes = await Promise.allSettled(["p1", "p2", "p3"].map((id) => add(catalog, id, { sha256 })));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(outcomes.filter(({ status }) => status === "rejected")).toEqual([
    { status: "rejected", reason: expect.objectContaining({ code: "photo-exists", photoId: "p1" }) },
    { status: "rejected", reason: expect.objectContaining({ code: "photo-exists", photoId: "p1" }) },
  ]);
  await catalog.execute(
    otherPerson,
    { kind: "add-photo", photo: newPhoto("p4", { sha256 }) },
    { idempotencyKey: newKey() },
  );
});

test("the key of a command that changes nothing is not kept: repeated, it is decided anew", async () => {
  const records = createMemoryStore();
  const catalog = await openCatalog(scratchFolder(), { records });
  await add(catalog, "p1");
  const change = (kind: "restore-photo" | "trash-photo", idempotencyKey: string) =>
    catalog.execute(person, { kind, photoId: "p1" }, { idempotencyKey });
  const before = records.names();
  expect((await change("restore-photo", "again")).sequence).toBe(1);
  expect(records.names()).toEqual(before);
  expect((await change("trash-photo", "trash")).photo?.deletedAt).not.toBeNull();
  expect(await change("restore-photo", "again")).toMatchObject({ sequence: 3, photo: { deletedAt: null } });
  // Now it was written, so that it is kept.
  await change("trash-photo", "trash once more");
  expect(await change("restore-photo", "again")).toMatchObject({ sequence: 3 });
  await expect(change("trash-photo", "again")).rejects.toMatchObject({ code: "idempotency-key-reused" });
});
