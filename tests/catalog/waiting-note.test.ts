import { expect, test } from "vitest";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { type Entry, decodeEntry, encodeEntry } from "../../app/catalog/protocol/entry.ts";
import { withChecksum } from "../../app/catalog/protocol/entry-checksum.ts";
import { WaitingNote } from "../../app/catalog/protocol/waiting-note.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import type { ObjectStore } from "../../app/storage/object-store.ts";
import { person, scratchFolder } from "./fixtures.ts";

const away = () => Promise.reject(new Error("away"));
const store = () => new DiskObjectStore(scratchFolder());
const noteIn = (records: ObjectStore, now = () => Date.now()) => new WaitingNote(records, person, { now });

test("a note is found once by everyone; another takes its place", async () => {
  const records = store();
  const [one, other] = [noteIn(records), noteIn(records)];
  expect(await one.look()).toBeUndefined();
  await one.leave({ writer: "far", wants: 300 });
  expect(await other.look()).toEqual({ writer: "far", wants: 300 });
  expect(await other.look()).toBeUndefined();
  await one.leave({ writer: "farther", wants: 500 });
  expect(await other.look()).toEqual({ writer: "farther", wants: 500 });
});

test("who has just come passes over a note of long ago, and honours one that is left again", async () => {
  const records = store();
  let now = 1_000_000;
  const waiting = { writer: "far", wants: 2000 };
  const far = noteIn(records, () => now);
  await far.leave(waiting);
  now += 5000;
  expect(await noteIn(records, () => now).look()).toEqual(waiting);
  now += 6000;
  const opened = noteIn(records, () => now);
  expect(await opened.look()).toBeUndefined();
  expect(await opened.look()).toBeUndefined();
  await far.leave(waiting);
  expect(await opened.look()).toEqual(waiting);
});

test("a note that does not say when it was left counts for who looked before", async () => {
  const records = store();
  const [before, late] = [noteIn(records), noteIn(records)];
  expect(await before.look()).toBeUndefined();
  await records.put(
    `catalog/${person}/waiting.json`,
    Buffer.from('{"version":1,"writer":"far","wants":300}'),
  );
  expect(await before.look()).toEqual({ writer: "far", wants: 300 });
  expect(await late.look()).toBeUndefined();
});

test.each([
  "",
  "{",
  "null",
  "[]",
  '{"writer":"far"}',
  '{"writer":3,"wants":3}',
  '{"writer":"far","wants":-1}',
])("what is no note is passed over: %s", async (text) => {
  const records = store();
  await records.put(`catalog/${person}/waiting.json`, Buffer.from(text));
  const note = noteIn(records);
  expect(await note.look()).toBeUndefined();
  await records.put(`catalog/${person}/waiting.json`, Buffer.from(`${text} `));
  expect(await note.look()).toBeUndefined();
});

test("a store that does not answer costs nobody anything", async () => {
  const note = noteIn(Object.assign(store(), { put: away, read: away }));
  await note.leave({ writer: "far", wants: 300 });
  expect(await note.look()).toBeUndefined();
});

test("what an entry tells other writers is read back, and passed over where it is malformed", () => {
  const entry: Entry<never> = {
    version: 1,
    seq: 1,
    id: "3f0a",
    by: "this",
    at: "2026-11-27T09:00:00.000Z",
    wants: 30,
    gives: { writer: "far", milliseconds: 300 },
    commands: [],
  };
  expect(decodeEntry(encodeEntry(entry), 1, personModel)).toEqual(entry);
  const odd = ['"wants":"30","gives":3', '"gives":{"writer":"far"}', '"wants":-1,"gives":null'];
  for (const fields of odd) {
    const bytes = withChecksum(
      `{"version":1,"seq":1,"id":"3f0a","by":"this","at":"${entry.at}","commands":[],${fields}}`,
    );
    const { wants: _, gives: __, ...plain } = entry;
    expect(decodeEntry(bytes, 1, personModel)).toEqual(plain);
  }
});
