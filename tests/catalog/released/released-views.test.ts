import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { personModel } from "../../../app/catalog/person/person-model.ts";
import { createMemoryStore } from "../../app/memory-store.ts";
import { newKey, openCatalog, scratchFolder, surroundingsAt } from "../fixtures.ts";
import {
  type ReleasedRecords,
  answersOf,
  readReleased,
  restoreReleased,
  uploadsOf,
  usageOf,
} from "./released-records.ts";

/** Every version of the view that was ever released: what record.ts has kept. */
const released = readdirSync(import.meta.dirname)
  .flatMap((name) => /^view-(\d+)\.json\.gz$/.exec(name)?.[1] ?? [])
  .map(Number)
  .toSorted((one, other) => one - other);

/** Before the first reservation of an upload ends. */
const surroundings = surroundingsAt({ now: Date.parse("2026-11-25T12:00:00.000Z") });

const isSnapshot = (name: string) => name.includes("/snapshots/");

/** `catalog/{owner}/snapshots/{format}/{sequence}` */
const formatOf = (name: string) => name.split("/")[3] ?? "";

const isRetired = (name: string) => isSnapshot(name) && personModel.retiredFormats.includes(formatOf(name));

async function openReleased(records: ReleasedRecords) {
  const store = createMemoryStore();
  await restoreReleased(records, store);
  const asked: string[] = [];
  store.before = (operation, name) => {
    if (operation === "read") asked.push(name);
  };
  const folder = scratchFolder();
  const reopen = () => openCatalog(folder, { surroundings, records: store });
  return { store, asked, reopen, catalog: await reopen() };
}

/** Releases up to version 3 recorded no usage and no uploads: theirs follow from the photos and from the log. */
function expectedOf(records: ReleasedRecords): object {
  const { answers } = records;
  return {
    albums: [],
    shares: [],
    flags: [],
    settings: {},
    usage: usageOf(answers),
    uploads: uploadsOf(records),
    ...answers,
  };
}

test("what is kept is of every version up to this one", () => {
  expect(released).toEqual(Array.from({ length: personModel.viewVersion }, (_, index) => index + 1));
});

test("snapshots of releases before the last are retired, and of no other that there was", () => {
  const formats = released.map((version) =>
    readReleased(version).objects.flatMap(({ name }) => (isSnapshot(name) ? formatOf(name) : [])),
  );
  // Going back a release must find its own: of the version before this one.
  expect([...new Set(formats.slice(0, -2).flat())]).toEqual(personModel.retiredFormats);
});

describe.each(released)("what the release with version %d of the view has left", (version) => {
  const records = readReleased(version);
  const { person } = records;

  test("is rebuilt from segments and log where no snapshot is left, and nothing of it is lost or changed", async () => {
    const objects = records.objects.filter(({ name }) => !isSnapshot(name));
    expect(objects.length).toBeLessThan(records.objects.length);
    const { catalog, asked } = await openReleased({ ...records, objects });
    expect(await answersOf(catalog, person)).toEqual(expectedOf(records));
    expect(asked.some((name) => name.includes(`/${person}/segments/`))).toBe(true);
    expect(asked.filter(isSnapshot)).toEqual([]);
  });

  test("is opened, from snapshots of this version only, and nothing of it is lost or changed", async () => {
    const { catalog, asked, reopen, store } = await openReleased(records);
    expect(await answersOf(catalog, person)).toEqual(expectedOf(records));
    const isOwn = version === personModel.viewVersion;
    expect(asked.some(isSnapshot)).toBe(isOwn);
    expect(asked.some((name) => name.includes(`/${person}/segments/`))).toBe(!isOwn);

    // A key that was used then is known now.
    const signIn = { kind: "see-sign-in", email: "ada@example.com", name: "Ada Lovelace" } as const;
    expect(await catalog.execute(person, signIn, { idempotencyKey: "key-1" })).toMatchObject({ sequence: 1 });

    // Going back a release must find what it left, its snapshots too.
    await catalog.execute(
      person,
      { kind: "favorite-photo", photoId: "p2", favorite: false },
      { idempotencyKey: `later ${newKey()}` },
    );
    await catalog.keepUp(person);
    // Of its own version a release drops snapshots that newer ones have replaced, and retired ones at once.
    const retired = records.objects.filter(({ name }) => isRetired(name));
    for (const { name } of retired) expect([name, await store.stat(name)]).toEqual([name, undefined]);
    const dropped = (name: string) => isRetired(name) || (isOwn && isSnapshot(name));
    for (const { name, base64 } of records.objects.filter((object) => !dropped(object.name))) {
      const bytes = (await store.read(name))?.bytes ?? new Uint8Array();
      expect([name, Buffer.from(bytes).equals(Buffer.from(base64, "base64"))]).toEqual([name, true]);
    }
    await catalog.close();
    expect((await (await reopen()).photo(person, "p2"))?.favorite).toBe(false);
  });
});
