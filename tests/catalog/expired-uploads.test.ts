import { expect, test } from "vitest";
import { redactPurged } from "../../app/catalog/history/redact-purged.ts";
import { encodeEntry } from "../../app/catalog/protocol/entry.ts";
import { entryName } from "../../app/catalog/protocol/log.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import { newKey, openCatalog, person, scratchFolder, surroundingsAt } from "./fixtures.ts";
import { entryOf } from "./stored-entries.ts";

const day = 24 * 3600 * 1000;
const filename = "HospitalWard.jpg";

/**
 * As earlier releases left it, an entry a day: the uploads of entries 2 and 6 led to nothing, and nothing but the next
 * upload says so. Segments of four entries.
 */
async function ground() {
  const records = createMemoryStore();
  const begin = Date.parse("2026-01-01T00:00:00.000Z");
  const at = (sequence: number) => new Date(begin + sequence * day).toISOString();
  for (let seq = 1; seq <= 16; seq++) {
    const entry = { ...entryOf(seq), at: at(seq) };
    const told = { filename, title: null, private: null, contentType: "image/jpeg", sizeBytes: 1 };
    const upload = { id: `u${seq}`, ...told, sha256: "1".repeat(64), expiresDate: at(seq + 1) } as const;
    const command = { idempotencyKey: `key-${seq}`, request: "", subject: null, bytes: 0 };
    const effects = [{ kind: "upload-opened", upload }] as const;
    const isUpload = seq === 2 || seq === 6 || seq === 10;
    const bytes = encodeEntry(isUpload ? { ...entry, commands: [{ ...command, effects }] } : entry);
    await records.put(entryName(person, seq), bytes);
  }
  const clock = { now: begin + 17 * day };
  const options = { surroundings: surroundingsAt(clock), limits: { segmentLength: 4 } };
  const catalog = await openCatalog(scratchFolder(), { records, ...options });
  /** A day before the redaction a photo is purged. */
  const purgeAndRedact = async (photoId: string) => {
    for (const kind of ["trash-photo", "purge-photo", "finish-purge"] as const) {
      await catalog.execute(person, { kind, photoId }, { idempotencyKey: newKey() });
    }
    clock.now += 26 * 3600 * 1000;
    return await redact();
  };
  const redact = () => redactPurged(records, person, { now: clock.now, segmentLength: 4, isUrgent: true });
  const segments = () => records.names().filter((name) => name.includes("/segments/"));
  const telling = async (names: readonly string[]) => {
    const found = await Promise.all(names.map((name) => records.read(name)));
    return names.filter((_, index) => Buffer.from(found[index]?.bytes ?? []).includes(filename));
  };
  return { catalog, records, purgeAndRedact, redact, segments, telling };
}

test("an upload that was taken out of its entry costs no later redaction anything", async () => {
  const { catalog, records, purgeAndRedact, segments, telling } = await ground();
  await catalog.keepUp(person);
  expect(await telling(segments())).toHaveLength(3);
  expect(await purgeAndRedact("photo-14-0")).toMatchObject({ photos: 1, entries: 3 });
  // The last one may still be under way.
  const open = [entryName(person, 10), expect.stringContaining("/segments/000000000009")];
  expect(await telling(records.names().filter((name) => /log|segments/.test(name)))).toEqual(open);
  for (const photoId of ["photo-13-0", "photo-15-0"]) {
    const read: string[] = [];
    records.before = (operation, name) => {
      if (operation === "read" && name <= entryName(person, 12) && name.includes("/log/")) read.push(name);
    };
    expect(await purgeAndRedact(photoId)).toMatchObject({ photos: 1, entries: 1 });
    expect(read).toEqual([]);
  }
});

test.each([true, false])(
  "stopped before the segments were made anew the next redaction makes them, whether there were some (%s) or none",
  async (areThere) => {
    const { catalog, records, purgeAndRedact, redact, segments, telling } = await ground();
    if (areThere) await catalog.keepUp(person);
    records.before = (operation, name) => {
      if (operation === "put" && name.includes("/segments/")) throw new Error("stopped");
    };
    await expect(purgeAndRedact("photo-14-0")).rejects.toThrow("stopped");
    expect(await telling([entryName(person, 2), entryName(person, 6)])).toEqual([]);
    records.before = () => {};
    await redact();
    // One that is there keeps out a copy that was begun before.
    const made = ["01", "05", "13"].map((first) => expect.stringContaining(`/segments/0000000000${first}`));
    expect(segments()).toEqual(expect.arrayContaining(made));
    expect(await telling(segments().filter((name) => !name.includes("000000000009")))).toEqual([]);
  },
);
