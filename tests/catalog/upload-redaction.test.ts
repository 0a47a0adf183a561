import { join } from "node:path";
import { expect, test } from "vitest";
import type { Catalog } from "../../app/catalog/catalog.ts";
import type { Command } from "../../app/catalog/command.ts";
import { PurgedEffectsFinder } from "../../app/catalog/history/purged-effects.ts";
import { redactPurged } from "../../app/catalog/history/redact-purged.ts";
import { verifyCatalog } from "../../app/catalog/history/verify-catalog.ts";
import type { Effect } from "../../app/catalog/person/effects.ts";
import { bookmarkName } from "../../app/catalog/protocol/bookmark.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { newKey, openCatalog, person, scratchFolder, surroundingsAt } from "./fixtures.ts";
import { newPhoto } from "./photo-fixture.ts";

const hour = 3600 * 1000;
const file = { filename: "HospitalWard.jpg", title: "Grandmother", sha256: "7".repeat(64), sizeBytes: 1000 };

async function ground() {
  const folder = scratchFolder();
  const clock = { now: Date.parse("2026-11-23T08:00:00Z") };
  const options = { surroundings: surroundingsAt(clock), limits: { segmentLength: 4 } };
  const catalog = await openCatalog(folder, options);
  const records = new DiskObjectStore(join(folder, "records"));
  const run = async (command: Command) =>
    await catalog.execute(person, command, { idempotencyKey: newKey() });
  const open = (id: string, changes: Partial<typeof file> = {}) =>
    run({
      kind: "open-upload",
      upload: { id, private: null, contentType: "image/jpeg", ...file, ...changes },
    });
  const purge = async (photoId: string) => {
    for (const kind of ["trash-photo", "purge-photo", "finish-purge"] as const) await run({ kind, photoId });
  };
  const redact = async (hours: number) => {
    clock.now += hours * hour;
    return await redactPurged(records, person, { now: clock.now, segmentLength: 4, isUrgent: true });
  };
  /** The view as it is, beside one that is made anew from the log: both must say the same. */
  const uploads = async (...ids: readonly string[]) => {
    const ask = async (asked: Catalog) =>
      await Promise.all(ids.map(async (id) => await asked.upload(person, id)));
    const rebuilt = await openCatalog(scratchFolder(), { ...options, records });
    const live = await ask(catalog);
    expect(await ask(rebuilt)).toEqual(live);
    expect((await verifyCatalog(records, person)).damage).toEqual([]);
    return live;
  };
  return { catalog, records, clock, run, open, purge, redact, uploads };
}

/** Every object below the person's folder that tells about the file. */
async function telling(records: DiskObjectStore): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of records.list(`catalog/${person}/`)) {
    const text = Buffer.from((await records.read(name))?.bytes ?? []).toString("latin1");
    if ([file.filename, file.title, file.sha256].some((word) => text.includes(word)))
      found.push(name.replace(`catalog/${person}/`, ""));
  }
  return found;
}

test("an earlier upload of a purged photo's file that was given up tells nothing either", async () => {
  const { catalog, records, run, open, purge, redact, uploads } = await ground();
  await open("u1");
  await run({ kind: "close-upload", uploadId: "u1" });
  await open("u2");
  await run({ kind: "add-photo", photo: newPhoto("a", file), uploadId: "u2" });
  await purge("a");
  await catalog.keepUp(person);
  expect(await telling(records)).not.toEqual([]);
  expect(await redact(25)).toMatchObject({ photos: 1, entries: 3 });
  expect(await telling(records)).toEqual([]);
  expect(await uploads("u1", "u2")).toEqual([undefined, undefined]);
});

test("one that was over when the photo was purged leaves the view with it, and then the log", async () => {
  const { catalog, records, clock, run, open, purge, redact, uploads } = await ground();
  await open("u1");
  await open("other", { filename: "b.jpg", title: "Sea", sha256: "8".repeat(64) });
  await run({ kind: "add-photo", photo: newPhoto("a", file) });
  clock.now += 25 * hour;
  await purge("a");
  await catalog.keepUp(person);
  expect(await uploads("u1", "other")).toMatchObject([undefined, { filename: "b.jpg" }]);
  await redact(25);
  expect(await telling(records)).toEqual([]);
  expect(await uploads("u1", "other")).toMatchObject([undefined, { filename: "b.jpg" }]);
});

test("one that was under way when the photo was purged goes on, and tells nothing once it is over", async () => {
  const { catalog, records, clock, run, open, purge, redact, uploads } = await ground();
  await open("u1");
  clock.now += 20 * hour;
  await open("u2");
  await run({ kind: "add-photo", photo: newPhoto("a", file) });
  await purge("a");
  clock.now += 3 * hour;
  await open("u3");
  await redact(25);
  const [, second, third] = await uploads("u1", "u2", "u3");
  expect([second, third]).toMatchObject([file, file]);
  // The sweep ends what nobody sends to any more.
  for (const uploadId of ["u1", "u2"]) await run({ kind: "close-upload", uploadId });
  await run({ kind: "add-photo", photo: newPhoto("b", file), uploadId: "u3" });
  await catalog.keepUp(person);
  await redact(25);
  const log = (await telling(records)).filter((name) => name.startsWith("log/"));
  // Its own, and the photo's that it led to.
  expect(log).toEqual(["log/000000000007.json", "log/000000000010.json"]);
  expect(await catalog.photo(person, "b")).toMatchObject(file);
  expect((await uploads("u3"))[0]).toMatchObject(file);
  await purge("b");
  await catalog.keepUp(person);
  await redact(25);
  expect(await telling(records)).toEqual([]);
  await uploads("u1", "u2", "u3");
});

test.each(["close-upload", "open-upload"] as const)(
  "an upload that led to no photo and was ended by %s tells nothing a day later",
  async (ending) => {
    const { catalog, records, clock, run, open, redact, uploads } = await ground();
    await open("u1");
    await run({ kind: "add-photo", photo: newPhoto("b") });
    if (ending === "open-upload") clock.now += 25 * hour;
    if (ending === "open-upload")
      await open("u2", { filename: "b.jpg", title: "Sea", sha256: "8".repeat(64) });
    else await run({ kind: "close-upload", uploadId: "u1" });
    await catalog.keepUp(person);
    await redact(23);
    expect(await telling(records)).toContain("log/000000000001.json");
    expect(await redact(2)).toMatchObject({ photos: 0, entries: 1 });
    expect(await telling(records)).toEqual([]);
    expect(await uploads("u1")).toEqual([undefined]);
    expect(await redact(7)).toEqual({ photos: 0, entries: 0, snapshots: 0 });
  },
);

test("the mark of a release that forgot no uploads is none", async () => {
  const { records, clock, run, open, redact } = await ground();
  await open("u1");
  await run({ kind: "close-upload", uploadId: "u1" });
  const mark = {
    version: 1,
    at: new Date(clock.now).toISOString(),
    sequences: { redacted: 2, lastPurge: 0 },
  };
  await records.put(bookmarkName(person, "redacted"), Buffer.from(JSON.stringify(mark)));
  expect(await redact(25)).toMatchObject({ entries: 1 });
  expect(await telling(records)).toEqual([]);
});

function opened(id: string, expiresDate: string): Effect {
  return {
    kind: "upload-opened",
    upload: { id, private: null, contentType: "image/jpeg", ...file, expiresDate },
  };
}

test("where only the next upload says that one is over, as earlier releases wrote it, that is enough", () => {
  const finder = new PurgedEffectsFinder(1);
  const times = ["2026-11-23T08:00:00.000Z", "2026-11-23T09:00:00.000Z", "2026-11-24T08:30:00.000Z"];
  for (const [index, at] of times.entries()) {
    const expiresDate = new Date(Date.parse(at) + 24 * hour).toISOString();
    const command = { idempotencyKey: at, request: "", subject: null, bytes: 0 };
    const effects = [opened(`u${index}`, expiresDate)];
    finder.take({ version: 1, seq: index + 1, id: at, by: "", at, commands: [{ ...command, effects }] });
  }
  expect(finder.found).toEqual(new Map([[1, new Set(["0/0"])]]));
});
