import { expect, test } from "vitest";
import type { Command } from "../../app/catalog/command.ts";
import { redactPurged } from "../../app/catalog/history/redact-purged.ts";
import { touchedRows } from "../../app/catalog/history/touched-rows.ts";
import { publishOutbox } from "../../app/catalog/outbox/publish-outbox.ts";
import { DamagedLogError, entryName } from "../../app/catalog/protocol/log.ts";
import { walkOverEveryone } from "../../app/maintenance/everyone.ts";
import { publishing } from "../../app/maintenance/publish.ts";
import { redacting } from "../../app/maintenance/redact.ts";
import type { Finding } from "../../app/maintenance/report.ts";
import { unreachedSince } from "../../app/maintenance/unreached-accounts.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import { newKey, openCatalog, otherPerson, person, scratchFolder } from "./fixtures.ts";
import { newPhoto } from "./photo-fixture.ts";

const later = () => Date.now() + 25 * 3600 * 1000;

const missing = {
  code: "damaged-log",
  owner: person,
  sequence: 2,
  objectName: entryName(person, 2),
  message: expect.stringMatching(
    /^entry 2 in the catalog of \S+ is missing \(\S+2\.json\): put an older version/,
  ),
};

/** Seven entries, a snapshot that has them all, and the second is gone. */
async function gapped() {
  const records = createMemoryStore();
  const catalog = await openCatalog(scratchFolder(), { records });
  const run = async (command: Command, owner = person) =>
    await catalog.execute(owner, command, { idempotencyKey: newKey() });
  await run({ kind: "add-photo", photo: newPhoto("p", { title: "A" }) });
  await run({ kind: "edit-photo", photoId: "p", edit: { title: "B" } });
  await run({ kind: "edit-photo", photoId: "p", edit: { title: "C" } });
  await run({ kind: "add-photo", photo: newPhoto("q", { title: "Secret" }) });
  await run({ kind: "trash-photo", photoId: "q" });
  await run({ kind: "purge-photo", photoId: "q" });
  await run({ kind: "finish-purge", photoId: "q" });
  await catalog.keepUp(person);
  await records.delete(entryName(person, 2));
  return { records, catalog, run };
}

test("a change is not undone where an entry before it is missing: nobody can say what was before", async () => {
  const { records, catalog } = await gapped();
  await expect(catalog.undo(person, 3, { idempotencyKey: newKey() })).rejects.toMatchObject(missing);
  expect((await catalog.photo(person, "p"))?.title).toBe("C");
  expect(await records.stat(entryName(person, 8))).toBeUndefined();
});

test("what happened is not told with a hole in it", async () => {
  const { catalog } = await gapped();
  await expect(catalog.activity(person, {})).rejects.toMatchObject(missing);
  await expect(catalog.changes(person, { after: `${person}.1`, limit: 10 })).rejects.toMatchObject(missing);
});

test("a redaction that cannot go through the log says so, and does not take the hole for the end", async () => {
  const { records } = await gapped();
  const options = { now: later(), isUrgent: true };
  await expect(redactPurged(records, person, options)).rejects.toMatchObject(missing);
  expect(records.names()).not.toContain(`catalog/${person}/redacted.json`);
});

test("what is published ends before the hole, and says so; who is told of each change leaves that to others", async () => {
  const { records } = await gapped();
  const published: number[] = [];
  const options = {
    now: Date.now,
    publish: async (events: readonly { readonly seq: number }[]) =>
      void published.push(...events.map(({ seq }) => seq)),
  };
  let lists = 0;
  const list = records.list.bind(records);
  records.list = (prefix, asked) => {
    if (prefix.endsWith("/log/")) lists += 1;
    return list(prefix, asked);
  };
  expect(await publishOutbox(records, person, { ...options, isHasty: true })).toBe(1);
  expect(lists).toBe(0);
  await expect(publishOutbox(records, person, options)).rejects.toMatchObject(missing);
  expect(published).toEqual([1]);
});

test("the daily upkeep tells whose log has a hole, and everyone else has their turn", async () => {
  const { records, catalog, run } = await gapped();
  await run({ kind: "add-photo", photo: newPhoto("r", { title: "Secret" }) }, otherPerson);
  await run({ kind: "trash-photo", photoId: "r" }, otherPerson);
  await run({ kind: "purge-photo", photoId: "r" }, otherPerson);
  await run({ kind: "finish-purge", photoId: "r" }, otherPerson);
  for (const userId of [person, otherPerson]) {
    await records.put(`identities/${userId}.json`, Buffer.from(JSON.stringify({ version: 1, userId })));
  }
  let events = 0;
  const published = { publish: async (these: readonly unknown[]) => void (events += these.length) };
  const notes: Finding[] = [];
  const ground = { catalog, records, now: later, note: (finding: Finding) => void notes.push(finding) };
  const upkeeps = [redacting(ground), publishing({ ...ground, published })];
  const faults = await walkOverEveryone(ground, upkeeps);
  expect(faults.map((fault) => fault?.message)).toEqual([
    "1 people's logs could not be redacted",
    "1 people's events could not be published",
  ]);
  const left = { subject: person, userId: person, outcome: "left", error: missing } as const;
  expect(notes).toMatchObject([
    { ...left, kind: "unredacted-log" },
    { ...left, kind: "unpublished-log" },
  ]);
  for (const fault of faults) expect(fault?.errors).toMatchObject([missing]);
  expect(upkeeps.map(({ figures }) => figures)).toMatchObject([{ redacted_photos: 1 }, { people: 2 }]);
  // One before the hole.
  expect(events).toBe(5);
});

test("an account that is being deleted has no hole: its first entries go first", async () => {
  const { records, run } = await gapped();
  await run({ kind: "close-account" });
  await records.delete(entryName(person, 1));
  const options = { now: Date.now, publish: async () => {} };
  // Its snapshot is still there.
  await expect(publishOutbox(records, person, options)).rejects.toMatchObject({
    code: "damaged-log",
    sequence: 1,
  });
  for (const name of records.names()) if (!name.includes("/log/")) await records.delete(name);
  await unreachedSince(records, person, { now: Date.now(), isDryRun: false });
  expect(await publishOutbox(records, person, options)).toBe(0);
  expect(await touchedRows(records, person, 8)).toBeUndefined();
  // A gap further on is none of the deletion's.
  await records.delete(entryName(person, 5));
  await expect(touchedRows(records, person, 8)).rejects.toBeInstanceOf(DamagedLogError);
});
