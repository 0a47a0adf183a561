import { rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Command } from "../../app/catalog/command.ts";
import { redactPurged } from "../../app/catalog/history/redact-purged.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { add, newKey, openCatalog, person, surroundingsAt } from "../catalog/fixtures.ts";
import { entryFile, entryName, recordsFolder, run } from "./command.ts";
import { fourHours, recordsOf, start } from "./four-hours.ts";

test("history tells every change in words", async () => {
  const { ask } = await fourHours();
  const { code, lines } = await ask("history");
  expect(code).toBe(0);
  expect(lines.map((line) => line.trim())).toEqual([
    "1  2026-11-23T08:00:00.000Z  signed in as ada@example.com for the first time",
    "2  2026-11-23T09:00:00.000Z  added photo p1: 'p1.jpg', 4000 × 3000, 1000 bytes",
    "3  2026-11-23T10:00:00.000Z  added photo p2: 'p2.jpg', 4000 × 3000, 500 bytes",
    "4  2026-11-23T11:00:00.000Z  put photo p1 into the trash",
  ]);
});

test("history does not tell a redacted edit as if the person had cleared what was written", async () => {
  const { ask, folder } = await fourHours();
  const hour = 3_600_000;
  const catalog = await openCatalog(folder, { surroundings: surroundingsAt({ now: start + 5 * hour }) });
  const execute = (command: Command) => catalog.execute(person, command, { idempotencyKey: newKey() });
  const edit = { title: "Grandmother", description: null, tags: [], favorite: true };
  for (const photoId of ["p1", "p2"]) await execute({ kind: "edit-photo", photoId, edit });
  await execute({ kind: "edit-photo", photoId: "p2", edit: { title: null } });
  for (const kind of ["purge-photo", "finish-purge"] as const) await execute({ kind, photoId: "p1" });
  await add(catalog, "p1", { title: "Another" });
  await execute({ kind: "edit-photo", photoId: "p1", edit: { title: null } });
  await catalog.close();
  const changes = async () =>
    (await ask("history")).lines.flatMap((line) => /changed photo .*/.exec(line) ?? []);
  const p2 = `changed photo p2: {"title":"Grandmother","favorite":true}`;
  const cleared = [`changed photo p2: {"title":null}`, `changed photo p1: {"title":null}`];
  expect(await changes()).toEqual([
    `changed photo p1: {"title":"Grandmother","favorite":true}`,
    p2,
    ...cleared,
  ]);
  await redactPurged(new DiskObjectStore(join(folder, "records")), person, { now: start + 30 * hour });
  const redacted = `changed photo p1: {"title":"(redacted)","favorite":true}`;
  expect(await changes()).toEqual([redacted, p2, ...cleared]);
});

test("history of the organisation is told as well", async () => {
  const { url } = await fourHours();
  const { text } = await run("catalog", "history", "--records", url, "--person", "organisation");
  expect(text).toContain(`flag 'albums' is on for ${person}`);
});

test("history of the organisation at a moment says who was there then, and what was set", async () => {
  const { url, folder } = await fourHours();
  const catalog = await openCatalog(folder, {
    surroundings: surroundingsAt({ now: start + 12 * 3_600_000 }),
  });
  const { organisation } = catalog;
  const execute = (command: Parameters<typeof organisation.execute>[0]) =>
    organisation.execute(command, { idempotencyKey: newKey() });
  await execute({ kind: "see-member", salt: "salt", userId: person, email: "ada@example.com", name: "Ada" });
  await execute({ kind: "set-quota", userId: person, bytes: 1000 });
  await execute({ kind: "set-setting", name: "greeting", value: ["hello"] });
  const statistics = { day: "2026-11-22", people: 1, photos: 2, bytes: 1500 };
  await execute({ kind: "record-statistics", statistics });
  await execute({ kind: "close-member", userId: person });
  await catalog.close();
  const ask = (...rest: string[]) =>
    run("catalog", "history", "--records", url, "--person", "organisation", ...rest);
  const { code, lines } = await ask("--sequence", "5");
  expect(code).toBe(0);
  expect(lines.slice(-10)).toEqual([
    "",
    "Then: after entry 5 of 2026-11-23T20:00:00.000Z",
    "  members     1 member",
    "  flags       1 flag",
    "  settings    1 setting",
    "  statistics  1 day",
    `  ${person}  ada@example.com  Ada  quota 1000 bytes`,
    `  flag 'albums'  on for ${person}`,
    `  setting 'greeting'  ["hello"]`,
    "  2026-11-22  1 person, 2 photos, 1500 bytes",
  ]);
  expect(recordsOf((await ask("--json", "--sequence", "5")).lines).at(-1)).toEqual({
    record: "state",
    sequence: 5,
    at: "2026-11-23T20:00:00.000Z",
    members: [
      {
        user_id: person,
        email: "ada@example.com",
        name: "Ada",
        created_date: "2026-11-23T20:00:00.000Z",
        storage_quota: 1000,
      },
    ],
    flags: [{ name: "albums", is_enabled: false, user_ids: [person] }],
    settings: { greeting: ["hello"] },
    statistics: [statistics],
  });
  expect((await ask("--at", "2026-11-24")).text).toContain("  members     0 members");
  expect((await ask("--at", "2026-11-20")).lines.slice(0, 2)).toEqual(["", "Then: nothing yet."]);
});

test("history at a number or a time says what the catalog was then", async () => {
  const { ask } = await fourHours();
  const byNumber = await ask("history", "--sequence", "3");
  expect(byNumber.text).toContain("Then: after entry 3 of 2026-11-23T10:00:00.000Z");
  expect(byNumber.text).toContain("2 photos, 0 of them in the trash");
  expect(byNumber.text).toContain("1500 bytes");
  expect(byNumber.text).not.toContain("put photo p1 into the trash");
  expect((await ask("history", "--at", "2026-11-23T12:59:59+02:00")).text).toBe(byNumber.text);
  expect((await ask("history", "--at", "2026-11-23T11:00:00Z")).text).toContain("1 of them in the trash");
  expect((await ask("history", "--at", "2026-11-23")).text).toContain("Then: nothing yet.");
});

test("history of a moment as JSON ends with what the catalog was then, or with why nobody can say", async () => {
  const { ask, records } = await fourHours();
  const told = recordsOf((await ask("history", "--json", "--at", "2026-11-23T11:00:00Z")).lines);
  expect(told.map(({ record }) => record)).toEqual(["entry", "entry", "entry", "entry", "state"]);
  expect(told.at(-1)).toEqual({
    record: "state",
    sequence: 4,
    at: "2026-11-23T11:00:00.000Z",
    closed_at: null,
    storage_used: 1500,
    profile: { email: "ada@example.com", name: "Ada" },
    photos: [
      { id: "p1", title: null, filename: "p1.jpg", deleted_at: "2026-11-23T11:00:00.000Z" },
      { id: "p2", title: null, filename: "p2.jpg", deleted_at: null },
    ],
    albums: [],
    shares: [],
    uploads: [],
  });
  truncateSync(entryFile(records, person, 2), 50);
  const damaged = await ask("history", "--json", "--sequence", "3");
  expect(damaged.code).toBe(1);
  const last = recordsOf(damaged.lines).at(-1);
  expect(last).toMatchObject({
    record: "state",
    damage: [{ kind: "damaged", sequence: 2, last_sequence: 2 }],
  });
});

test("albums and shares are in the export and in what history says of a moment", async () => {
  const place = recordsFolder();
  const catalog = await openCatalog(place.folder, { surroundings: surroundingsAt({ now: start }) });
  for (const id of ["p1", "p2", "p3"]) await add(catalog, id, { private: false, title: `Title of ${id}` });
  const execute = (command: Command) => catalog.execute(person, command, { idempotencyKey: newKey() });
  const album = { id: "album-1", title: "Summer", photoIds: ["p1", "p2", "p3"] };
  await execute({ kind: "create-album", album });
  await execute({ kind: "move-in-album", albumId: "album-1", photoIds: ["p3"], before: "p1" });
  const expiresDate = new Date(start + 24 * 3_600_000).toISOString();
  const share = { id: "share-1", title: null, expiresDate, photoIds: ["p2", "p1"] };
  await execute({ kind: "create-share", share });
  await catalog.close();
  const ask = (verb: string, ...rest: string[]) =>
    run("catalog", verb, "--records", place.url, "--person", person, ...rest);
  const exported = recordsOf((await ask("export", "--json")).lines);
  expect(exported[0]).toMatchObject({ photos: 3, albums: 1, shares: 1 });
  expect(exported.slice(-2)).toMatchObject([
    { record: "album", id: "album-1", title: "Summer", photo_ids: ["p3", "p1", "p2"], photo_count: 3 },
    { record: "share", id: "share-1", expires_date: expiresDate, photo_ids: ["p2", "p1"], ended_date: null },
  ]);
  const { text } = await ask("history", "--sequence", "4");
  expect(text).toContain("  albums   1 album");
  expect(text).toContain("  album-1  Summer: 3 photos");
  expect(text).toContain("  p1  Title of p1  p1.jpg");
});

test("a damaged entry stands in its place of the history, and nothing after it is exported", async () => {
  const { ask, records } = await fourHours();
  truncateSync(entryFile(records, person, 2), 50);
  const told = await ask("history");
  expect(told.code).toBe(1);
  expect(told.text).toContain("entry 2 is not what was written");
  expect(told.text).toContain("put photo p1 into the trash");
  const exported = await ask("export", "--json");
  expect(exported.code).toBe(1);
  expect(recordsOf(exported.lines)).toEqual([
    {
      record: "damage",
      sequence: 2,
      damage: expect.objectContaining({ kind: "damaged", sequence: 2, last_sequence: 2 }),
    },
  ]);
  expect(exported.complaint).toContain("entry 2 is not what was written");
  expect(await ask("export")).toMatchObject({ code: 1, text: "" });
  expect((await ask("export", "--sequence", "1")).code).toBe(0);
});

test("a missing entry is seen by history, and a moment before it can be exported", async () => {
  const { ask, records } = await fourHours();
  for (const sequence of [2, 3]) rmSync(entryName(records, person, sequence));
  const told = await ask("history", "--json");
  expect(recordsOf(told.lines)).toMatchObject([
    { record: "entry", sequence: 1 },
    { record: "damage", sequence: 2, damage: { kind: "missing", sequence: 2, last_sequence: 3 } },
    { record: "entry", sequence: 4 },
  ]);
  expect((await ask("export", "--json")).code).toBe(1);
  expect((await ask("export", "--at", "2026-11-23T09:30:00Z")).code).toBe(1);
  expect((await ask("export", "--sequence", "1")).code).toBe(0);
});

test("what cannot be asked is refused with a word on what is allowed", async () => {
  const { url } = await fourHours();
  const ada = ["--person", person];
  const cases: [string[], string][] = [
    [["history"], "history needs --person"],
    [["export", "--person", "organisation"], "export is about a person's photos"],
    [["verify", "--at", "2026-11-23"], "verify takes no --sequence and no --at"],
    [["history", ...ada, "--at", "2026-11-23T08:00:00"], "a time with its zone"],
    ...["2026-02-30", "2026-02-30T08:00:00Z", "2026-13-01", "2026-11-23T8:30Z", "2026-11-23T25:00:00Z"].map(
      (at): [string[], string] => [["history", ...ada, "--at", at], `got '${at}'`],
    ),
    [["history", ...ada, "--sequence", "-1"], "--sequence"],
    [["history", ...ada, "--sequence", "9"], "the last entry is 4"],
    [["history", ...ada, "--sequence", "1", "--at", "2026-11-23"], "not both"],
  ];
  for (const [words, complaint] of cases) {
    const outcome = await run("catalog", ...words, "--records", url);
    expect(outcome.complaint).toContain(complaint);
    expect(outcome.code).toBe(2);
  }
});

test("changed settings and the end of an account are told too", async () => {
  const { url, folder } = await fourHours();
  const clock = { now: start + 9 * 3_600_000 };
  const catalog = await openCatalog(folder, { surroundings: surroundingsAt(clock) });
  const commands: Command[] = [
    { kind: "change-settings", settings: { privateByDefault: false } },
    { kind: "close-account" },
  ];
  for (const command of commands) await catalog.execute(person, command, { idempotencyKey: newKey() });
  await catalog.close();
  const words = ["catalog", "history", "--records", url, "--person", person, "--sequence", "6"];
  const { text } = await run(...words);
  expect(text).toContain('changed the settings to {"privateByDefault":false}');
  expect(text).toContain("6  2026-11-23T17:00:00.000Z  closed the account");
  expect(text).toContain("closed   2026-11-23T17:00:00.000Z");
});
