import { expect, test } from "vitest";
import { redactPurged } from "../../app/catalog/history/redact-purged.ts";
import { verifyCatalog } from "../../app/catalog/history/verify-catalog.ts";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { withChecksum } from "../../app/catalog/protocol/entry-checksum.ts";
import { decodeEntry } from "../../app/catalog/protocol/entry.ts";
import { entryName } from "../../app/catalog/protocol/log.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import { add, newKey, openCatalog, otherPerson, person, scratchFolder, surroundingsAt } from "./fixtures.ts";
import { newPhoto } from "./photo-fixture.ts";

const signIn = { kind: "see-sign-in", email: "b@example.com", name: null } as const;
const now = Date.parse("2026-11-23T08:00:00.000Z");

/** As the release after this one writes it. */
function entryOf(
  sequence: number,
  effects: readonly unknown[],
  changes: Readonly<Record<string, unknown>> = {},
): Uint8Array {
  const commands = [
    { idempotencyKey: `newer-${sequence}`, request: "r", subject: null, bytes: 0, effects, cost: 3 },
  ];
  const at = new Date(now).toISOString();
  const entry = { version: 1, seq: sequence, id: "i", by: "9.9.9/process-1", at, commands };
  return withChecksum(JSON.stringify({ ...entry, ...changes }));
}

const dream = [{ kind: "photo-dreamt-of", photoId: "p1" }];
const rename = (title: string) => [{ kind: "photo-edited", photoId: "p1", changes: { title, mood: "gay" } }];

/** With a place, which this release does not know. */
const added = (id: string, place: string) => ({
  kind: "photo-added",
  photo: { ...newPhoto(id), private: true, place },
});

test.each([
  ["a new kind of effect", dream, { version: 1 }, "an effect 'photo-dreamt-of'"],
  ["a new kind of effect in version 2", dream, { version: 2, needs: [] }, "an effect 'photo-dreamt-of'"],
  [
    "a need that nobody knows",
    rename("x"),
    { version: 2, needs: ["titles-in-verse"] },
    "the need of 'titles-in-verse'",
  ],
  ["two versions ahead", [], { version: 3, commands: "in another form" }, "version 3"],
])(
  "%s of a newer release is told, written over by nobody, and no matter of other people",
  async (_what, effects, changes, what) => {
    const records = createMemoryStore();
    const catalog = await openCatalog(scratchFolder(), { records });
    await add(catalog, "p1");
    await catalog.execute(otherPerson, signIn, { idempotencyKey: "k" });
    const newer = entryOf(2, effects, changes);
    await records.put(entryName(person, 2), newer);
    const message = `log entry 2 has ${what}, which this release cannot read; '9.9.9/process-1' wrote it: deploy that release again, or the one before it`;
    const refusal = { code: "newer-entry", sequence: 2, message };
    // A view that is open meets it, and so does one that is opened.
    for (const reader of [catalog, await openCatalog(scratchFolder(), { records })]) {
      await expect(reader.photos(person, { after: `${person}.2` })).rejects.toMatchObject(refusal);
      await expect(add(reader, "p2")).rejects.toMatchObject(refusal);
      await expect(reader.profile(otherPerson)).resolves.toMatchObject({ email: "b@example.com" });
    }
    expect((await records.read(entryName(person, 2)))?.bytes).toEqual(newer);
    expect(await records.stat(entryName(person, 3))).toBeUndefined();
    expect((await verifyCatalog(records, person)).damage).toMatchObject([
      { kind: "newer", problem: message },
    ]);
  },
);

test("entries of the next version are read and written after; what is unknown in them stays where it is", async () => {
  const records = createMemoryStore();
  const surroundings = surroundingsAt({ now });
  const open = () => openCatalog(scratchFolder(), { records, surroundings, limits: { segmentLength: 4 } });
  const catalog = await open();
  await add(catalog, "p1");
  const newer = entryOf(2, rename("From the next release"), { version: 2, needs: [], mood: "new" });
  await records.put(entryName(person, 2), newer);
  const stay = { kind: "edit-photo", photoId: "p1", edit: { description: "Grandmother" } } as const;
  expect(await catalog.execute(person, stay, { idempotencyKey: newKey() })).toMatchObject({
    sequence: 3,
    photo: { title: "From the next release", description: "Grandmother", version: 3 },
  });
  await add(catalog, "p2");
  await catalog.keepUp(person);
  // From the snapshot, and from the segment that holds it.
  for (const isSnapshotThere of [true, false]) {
    if (!isSnapshotThere) {
      for (const name of records.names()) if (name.includes("/snapshots/")) await records.delete(name);
    }
    expect(await (await open()).photo(person, "p1")).toEqual(await catalog.photo(person, "p1"));
  }
  const versions = [];
  for (const sequence of [1, 2, 3, 4]) {
    const bytes = (await records.read(entryName(person, sequence)))?.bytes ?? Buffer.of();
    versions.push(decodeEntry(bytes, sequence, personModel).version);
  }
  expect(versions).toEqual([1, 2, 1, 1]);
});

test("what the next release recorded beside is redacted with the rest, and kept where nothing was purged", async () => {
  const records = createMemoryStore();
  const surroundings = surroundingsAt({ now });
  const catalog = await openCatalog(scratchFolder(), { records, surroundings });
  const effects = [added("a", "Hospital"), added("b", "Beach")];
  const newer = { version: 2, needs: [], mood: "new" };
  await records.put(entryName(person, 1), entryOf(1, effects, newer));
  for (const kind of ["trash-photo", "purge-photo", "finish-purge"] as const) {
    await catalog.execute(person, { kind, photoId: "a" }, { idempotencyKey: newKey() });
  }
  await redactPurged(records, person, { now: now + 25 * 3600_000 });
  const text = Buffer.from((await records.read(entryName(person, 1)))?.bytes ?? []).toString();
  expect(text).not.toContain("Hospital");
  expect(JSON.parse(text)).toMatchObject({
    ...newer,
    commands: [{ cost: 3, effects: [{ photo: { id: "a", filename: "" } }, added("b", "Beach")] }],
  });
  expect((await verifyCatalog(records, person)).damage).toMatchObject([{ kind: "storage-used" }]);
});
