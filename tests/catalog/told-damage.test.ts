import { expect, test } from "vitest";
import { verifyCatalog } from "../../app/catalog/history/verify-catalog.ts";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { entryName } from "../../app/catalog/protocol/log.ts";
import { Segments } from "../../app/catalog/protocol/segments.ts";
import { ObjectDamagedError } from "../../app/storage/object-store.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import { add, openCatalog, person, scratchFolder } from "./fixtures.ts";

/** What is told of a log is held against what the service does with it. */
async function fourEntries() {
  const records = createMemoryStore();
  const catalog = await openCatalog(scratchFolder(), { records });
  for (const id of ["a", "b", "c", "d"]) await add(catalog, id);
  const damage = (sequence: number) => records.put(entryName(person, sequence), Buffer.from("{"));
  const told = async () => (await verifyCatalog(records, person)).damage.map(({ remedy }) => remedy);
  const photos = async () =>
    (await (await openCatalog(scratchFolder(), { records })).photos(person, {})).photos.length;
  const next = async () => (await add(await openCatalog(scratchFolder(), { records }), "next")).sequence;
  return { records, catalog, damage, told, photos, next };
}

const put = (sequence: number) =>
  `put an older version of '${entryName(person, sequence)}' back, or the one of a backup`;

const goesOn = expect.stringMatching(
  /; until then the service goes on from a snapshot of entry 4, and what goes/,
);

test("an entry before the newest snapshot keeps nobody from anything but what goes through the log", async () => {
  for (const lose of ["delete", "damage"] as const) {
    const { records, catalog, damage, told, photos, next } = await fourEntries();
    await catalog.keepUp(person);
    await (lose === "delete" ? records.delete(entryName(person, 2)) : damage(2));
    expect(await told()).toEqual([goesOn]);
    expect(await photos()).toBe(4);
    expect(await next()).toBe(5);
    await expect(catalog.activity(person, {})).rejects.toThrow("entry 2");
  }
});

test("a damaged entry that no sound snapshot is beyond stops everybody, and what comes after it nobody meets", async () => {
  const { records, catalog, damage, told, photos } = await fourEntries();
  await catalog.keepUp(person);
  const snapshot = records.names().find((name) => name.includes("/snapshots/")) ?? "";
  const read = records.read.bind(records);
  records.read = async (name) => {
    if (name === snapshot) throw new ObjectDamagedError(name, "has rotted");
    return await read(name);
  };
  await damage(2);
  await damage(3);
  expect(await told()).toEqual([`${put(2)}; until then this catalog serves nobody`, put(3)]);
  await expect(photos()).rejects.toMatchObject({ code: "damaged-log", sequence: 2 });
});

test("a missing entry that no snapshot is beyond ends what is seen before it", async () => {
  const { records, told, photos, next } = await fourEntries();
  await records.delete(entryName(person, 2));
  expect(await told()).toEqual([
    "put it back from older versions or a backup; until then this catalog seems to end with entry 1: the next change " +
      "takes number 2, or none is taken once entry 1 is an hour old",
  ]);
  expect(await photos()).toBe(1);
  expect(await next()).toBe(2);
});

test("a log without its first entry seems empty, and takes no change", async () => {
  const { records, told, photos, next } = await fourEntries();
  await records.delete(entryName(person, 1));
  expect(await told()).toEqual([
    expect.stringMatching(/; until then this catalog seems empty, and no change is taken$/),
  ]);
  expect(await photos()).toBe(0);
  await expect(next()).rejects.toMatchObject({ code: "damaged-log", sequence: 1 });
});

test("where there is no snapshot, segments are what the service goes on from", async () => {
  const { records, catalog, damage, told } = await fourEntries();
  for (let index = 5; index <= 256; index++) await add(catalog, `p${index}`);
  await new Segments(records, person, personModel).write(256);
  for (const name of records.names()) if (name.includes("/snapshots/")) await records.delete(name);
  await damage(2);
  expect(await told()).toEqual([
    expect.stringContaining("until then the service goes on from segments of entry 256, and what goes"),
  ]);
});
