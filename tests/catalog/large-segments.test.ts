import { expect, test } from "vitest";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { encodeEntry } from "../../app/catalog/protocol/entry.ts";
import { entryName, Log } from "../../app/catalog/protocol/log.ts";
import { leftOut } from "../../app/catalog/protocol/segment-lines.ts";
import { mostSegmentBytes, segmentLength, Segments } from "../../app/catalog/protocol/segments.ts";
import type { ObjectStore } from "../../app/storage/object-store.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import { person } from "./fixtures.ts";
import { entryOf, writeEntries } from "./stored-entries.ts";

const length = 4;
const breath = { breathe: () => Promise.resolve() };
const nameOf = (first: number) => `catalog/${person}/segments/${String(first).padStart(12, "0")}.jsonl`;

/** Twelve entries, of which the fifth to eighth are larger together than the bound. */
async function ground() {
  const store = createMemoryStore();
  for (let seq = 1; seq <= 12; seq++) {
    const entry = entryOf(seq, seq >= 5 && seq <= 8 ? 9 : 1);
    await store.put(entryName(person, seq), encodeEntry(entry));
  }
  const asked: string[] = [];
  store.before = (operation, name) => {
    if (operation === "read") asked.push(name);
  };
  const segments = (mostBytes?: number) =>
    new Segments(store, person, personModel, length, breath, mostBytes);
  return { store, asked, segments, reader: segments() };
}

const bound = 16_000;

const numbersOf = async (segments: Awaited<ReturnType<typeof ground>>["reader"]) =>
  (await Array.fromAsync(segments.after(0))).flat().map(({ seq }) => seq);

/** Not by comparing values: what differs would be shown, and that is megabytes. */
async function isLeftOut(store: ObjectStore, first: number): Promise<boolean> {
  return Buffer.compare((await store.read(nameOf(first)))?.bytes ?? Buffer.of(), leftOut) === 0;
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

test("a segment that would be too large is left out, its entries come from the log, and later segments are used", async () => {
  const { store, asked, segments } = await ground();
  expect(await segments(bound).write(12)).toBe(3);
  expect(await isLeftOut(store, 5)).toBe(true);
  for (const first of [1, 9])
    expect((await store.read(nameOf(first)))?.object.sizeBytes).toBeGreaterThan(2000);
  asked.length = 0;
  const reader = segments(bound);
  expect(await numbersOf(reader)).toEqual(upTo(12));
  expect(asked).toEqual([
    nameOf(1),
    nameOf(5),
    ...[5, 6, 7, 8].map((seq) => entryName(person, seq)),
    nameOf(9),
  ]);
  // It is no damage, and nobody tries to copy it again.
  expect(await reader.write(12)).toBe(0);
});

test("a larger one of a release before is read as a stream, and stays", async () => {
  const { store, asked, segments } = await ground();
  await segments().write(12);
  const before = (await store.read(nameOf(5)))?.object;
  expect(before?.sizeBytes).toBeGreaterThan(bound);
  asked.length = 0;
  const reader = segments(bound);
  expect(await numbersOf(reader)).toEqual(upTo(12));
  expect(asked).toEqual([nameOf(1), nameOf(9)]);
  expect(await reader.write(12)).toBe(0);
  expect((await store.stat(nameOf(5)))?.generation).toBe(before?.generation);
});

test.each([
  [
    "a bit is turned in its third entry",
    (bytes: Buffer) => bytes.writeUInt8(bytes.readUInt8(20_000) ^ 1, 20_000),
  ],
  [
    "its third entry has no sum of its own",
    (bytes: Buffer) => bytes.write("krc32c", bytes.indexOf("crc32c", 20_000)),
  ],
])(
  "of a larger one of which %s, what is before it is taken, and the rest from the log",
  async (_what, spoil) => {
    const { store, segments } = await ground();
    await segments().write(12);
    const bytes = Buffer.from((await store.read(nameOf(5)))?.bytes ?? []);
    const lineEnds = [...bytes.entries()].filter(([, byte]) => byte === 0x0a).map(([index]) => index);
    expect(lineEnds.filter((end) => end < 20_000)).toHaveLength(2);
    spoil(bytes);
    await store.put(nameOf(5), bytes);
    const reader = segments(bound);
    const numbers = await numbersOf(reader);
    expect(numbers.length).toBeLessThan(7);
    expect(numbers).toEqual(upTo(numbers.length));
    const rest = await Array.fromAsync(new Log(store, person, personModel).after(numbers.length));
    expect(rest.flat().at(-1)?.seq).toBe(12);
    // What was met damaged is written again.
    expect(await reader.write(12)).toBe(1);
    expect(await isLeftOut(store, 5)).toBe(true);
  },
);

test("where one that is too large has to be made anew, as after a redaction, it is left out, whether there was one or not", async () => {
  const { store, segments } = await ground();
  await segments().write(12);
  const before = (await store.stat(nameOf(5)))?.generation;
  const generation = await segments(bound).renew(5);
  expect(generation).not.toBe(before);
  expect(await isLeftOut(store, 5)).toBe(true);
  expect(await segments(bound).renew(5)).toBe(generation);
  await store.delete(nameOf(5));
  await segments(bound).renew(5);
  expect(await isLeftOut(store, 5)).toBe(true);
});

test("a release that knows of no bound puts a whole one in the place of one that was left out", async () => {
  const { store, segments } = await ground();
  await segments(bound).write(12);
  await store.put(nameOf(5), Buffer.from("unknown to it\n"));
  const former = segments();
  expect(await numbersOf(former)).toEqual(upTo(4));
  expect(await former.write(12)).toBe(1);
  expect(await numbersOf(segments())).toEqual(upTo(12));
});

test("without a bound of a test's own, no segment is over 16 MiB and no run much over 4", async () => {
  const store = createMemoryStore();
  await writeEntries(store, person, segmentLength, 90);
  const one = new Segments(store, person, personModel);
  await one.write(segmentLength);
  expect(await isLeftOut(store, 1)).toBe(true);
  const large = new Segments(store, person, personModel, segmentLength, breath, Number.POSITIVE_INFINITY);
  await large.renew(1);
  expect((await store.stat(nameOf(1)))?.sizeBytes).toBeGreaterThan(mostSegmentBytes);
  let entries = 0;
  for await (const run of new Segments(store, person, personModel).after(0)) {
    entries += run.length;
    const bytes = run.reduce((sum, entry) => sum + encodeEntry(entry).length, 0);
    expect(bytes).toBeLessThan(4.3 * 2 ** 20);
  }
  expect(entries).toBe(segmentLength);
});
