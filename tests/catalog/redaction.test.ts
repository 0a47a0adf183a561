import { join } from "node:path";
import { expect, test } from "vitest";
import type { Catalog } from "../../app/catalog/catalog.ts";
import type { Command } from "../../app/catalog/command.ts";
import { personAt } from "../../app/catalog/history/past-catalog.ts";
import { redactPurged } from "../../app/catalog/history/redact-purged.ts";
import { verifyCatalog } from "../../app/catalog/history/verify-catalog.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import {
  type ObjectStore,
  OutcomeUnknownError,
  PreconditionFailedError,
} from "../../app/storage/object-store.ts";
import { newKey, openCatalog, person, scratchFolder, surroundingsAt } from "./fixtures.ts";
import { newPhoto } from "./photo-fixture.ts";

const hour = 3600 * 1000;
const secrets = ["Grandmother", "Hospital", "IMG_7", "52.5", "Pixel", "ward", "blur"];

const secret = newPhoto("a", {
  title: "Grandmother",
  filename: "IMG_7.jpg",
  latitude: 52.5,
  longitude: 13.4,
  camera: "Pixel",
  thumbhash: "blur",
  takenAt: "2026-01-02T03:04:05",
});

async function run(catalog: Catalog, command: Command): Promise<number> {
  return (await catalog.execute(person, command, { idempotencyKey: newKey() })).sequence;
}

async function purgedGround() {
  const folder = scratchFolder();
  const clock = { now: Date.parse("2026-11-23T08:00:00Z") };
  const options = { surroundings: surroundingsAt(clock), limits: { segmentLength: 4 } };
  const catalog = await openCatalog(folder, options);
  const { id, filename, contentType, sizeBytes, sha256 } = { ...secret, id: "upload-1" };
  const upload = { id, filename, title: "Grandmother", private: null, contentType, sizeBytes, sha256 };
  await run(catalog, { kind: "open-upload", upload });
  await run(catalog, { kind: "add-photo", photo: secret, uploadId: "upload-1" });
  await run(catalog, { kind: "edit-photo", photoId: "a", edit: { description: "Hospital", tags: ["ward"] } });
  await run(catalog, { kind: "add-photo", photo: newPhoto("b", { title: "Stays" }) });
  await catalog.keepUp(person);
  await run(catalog, { kind: "trash-photo", photoId: "a" });
  await run(catalog, { kind: "purge-photo", photoId: "a" });
  const purged = await run(catalog, { kind: "finish-purge", photoId: "a" });
  const records = new DiskObjectStore(join(folder, "records"));
  return { folder, clock, catalog, records, options, purged };
}

/** Everything below the person's folder that contains one of the secrets. */
async function telling(records: ObjectStore): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of records.list(`catalog/${person}/`)) {
    const text = Buffer.from((await records.read(name))?.bytes ?? []).toString("latin1");
    if (secrets.some((word) => text.includes(word)) || text.includes(secret.sha256)) found.push(name);
  }
  return found;
}

test("a day after the purge nothing in log, segments and snapshots tells about the photo", async () => {
  const { folder, clock, catalog, records, options } = await purgedGround();
  const before = await telling(records);
  expect(before.some((name) => name.includes("/log/"))).toBe(true);
  expect(before.some((name) => name.includes("/segments/"))).toBe(true);
  expect(before.some((name) => name.includes("/snapshots/"))).toBe(true);
  const asked = { segmentLength: 4 };
  expect(await redactPurged(records, person, { ...asked, now: clock.now + 23 * hour })).toMatchObject({
    photos: 0,
  });
  expect(await telling(records)).toEqual(before);

  const now = clock.now + 25 * hour;
  const expected = { photos: 1, entries: 3, snapshots: 1 };
  expect(await redactPurged(records, person, { ...asked, now, isDryRun: true })).toEqual(expected);
  expect(await telling(records)).toEqual(before);
  expect(await redactPurged(records, person, { ...asked, now })).toEqual(expected);
  expect(await telling(records)).toEqual([]);

  expect((await verifyCatalog(records, person)).damage).toEqual([]);
  const live = { photos: await catalog.photos(person, {}), usage: await catalog.usage(person) };
  const rebuilt = await openCatalog(join(folder, "other"), { ...options, records });
  expect({ photos: await rebuilt.photos(person, {}), usage: await rebuilt.usage(person) }).toEqual(live);
  expect(live.photos.photos).toMatchObject([{ id: "b", title: "Stays" }]);
  // What it took is told for every moment, what it was for none.
  expect(await personAt(records, person, { sequence: 3 })).toMatchObject({
    photos: [{ id: "a", title: null, filename: "", sizeBytes: 1000, tags: [] }],
    storageUsed: 1000,
  });
});

test("copies whose making began before are found by the next run, and then there is nothing to do", async () => {
  const { clock, records } = await purgedGround();
  const snapshot: string[] = [];
  const late = new Map<string, Uint8Array>();
  for await (const { name } of records.list(`catalog/${person}/`)) {
    if (name.includes("/snapshots/")) snapshot.push(name);
    if (/\/(snapshots|segments)\//.test(name))
      late.set(name, (await records.read(name))?.bytes ?? Buffer.of());
  }
  const redactAfter = (hours: number) =>
    redactPurged(records, person, { segmentLength: 4, now: clock.now + hours * hour });
  await redactAfter(25);
  for (const [name, bytes] of late) await records.put(name, bytes);
  expect(await telling(records)).toHaveLength(late.size);
  expect(await redactAfter(26)).toEqual({ photos: 0, entries: 0, snapshots: 0 });
  expect(await redactAfter(32)).toEqual({ photos: 0, entries: 0, snapshots: snapshot.length });
  expect(await telling(records)).toEqual([]);
  expect(await redactAfter(40)).toEqual({ photos: 0, entries: 0, snapshots: 0 });
});

test("stopped after any of its requests and begun again it ends the same", async () => {
  let limit = 0;
  for (let isStopped = true; isStopped; limit++) {
    const { clock, records } = await purgedGround();
    let count = 0;
    const stopping = new Proxy(records, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          const changes = property === "put" || property === "delete";
          if (changes && count++ >= limit) throw new Error("stopped");
          return Reflect.apply(value, target, args) as unknown;
        };
      },
    });
    const options = { segmentLength: 4, now: clock.now + 25 * hour };
    await redactPurged(stopping, person, options).catch(() => undefined);
    isStopped = count > limit;
    await redactPurged(records, person, options);
    const again = { ...options, now: clock.now + 40 * hour };
    await redactPurged(records, person, again);
    expect(await telling(records)).toEqual([]);
    expect((await verifyCatalog(records, person)).damage).toEqual([]);
  }
  expect(limit).toBeGreaterThan(5);
});

test("an unanswered rewrite, and another who redacts at the same time, do no harm", async () => {
  const { clock, records } = await purgedGround();
  const fates = ["unknown", "conflict"];
  const bad = new Proxy(records, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (property !== "put" || typeof value !== "function") {
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      }
      return async (...args: unknown[]) => {
        const fate = fates.shift();
        if (fate === "conflict") throw new PreconditionFailedError(String(args[0]));
        const put: unknown = await Reflect.apply(value, target, args);
        if (fate === "unknown") throw new OutcomeUnknownError(String(args[0]));
        return put;
      };
    },
  });
  const redaction = await redactPurged(bad, person, { segmentLength: 4, now: clock.now + 25 * hour });
  expect(redaction).toMatchObject({ photos: 1, entries: 3 });
  expect(await telling(records)).toEqual([]);
});

test("a photo that came back under the id of a purged one keeps what is told about it", async () => {
  const { folder, clock, catalog, records, options } = await purgedGround();
  const upload = {
    id: "upload-1",
    filename: "again.jpg",
    title: null,
    private: null,
    contentType: "image/jpeg",
  };
  await run(catalog, { kind: "open-upload", upload: { ...upload, sizeBytes: 5, sha256: "9".repeat(64) } });
  await run(catalog, {
    kind: "add-photo",
    photo: newPhoto("a", { title: "Another", sha256: "8".repeat(64) }),
  });
  await redactPurged(records, person, { segmentLength: 4, now: clock.now + 25 * hour });
  expect(await telling(records)).toEqual([]);
  const rebuilt = await openCatalog(join(folder, "other"), { ...options, records });
  expect(await rebuilt.photo(person, "a")).toMatchObject({ title: "Another", filename: "a.jpg" });
  expect(await rebuilt.upload(person, "upload-1")).toMatchObject({ filename: "again.jpg" });
});
