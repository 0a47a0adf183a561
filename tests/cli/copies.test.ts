import { readdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { add, openCatalog, otherPerson, person } from "../catalog/fixtures.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { writeEntries } from "../catalog/stored-entries.ts";
import { entryFile, recordsFolder, run } from "./command.ts";

async function createGround() {
  const { folder, records, url } = recordsFolder();
  const catalog = await openCatalog(folder);
  for (const id of ["a", "b"]) await add(catalog, id);
  const see = { kind: "see-sign-in", email: "b@example.com", name: null } as const;
  await catalog.execute(otherPerson, see, { idempotencyKey: "see" });
  const filesOf = (owner: string, part: string) => {
    try {
      const found = readdirSync(join(records, "catalog", owner, part), { recursive: true });
      return found.map(String).filter((name) => /\/\d{12}$/.test(name));
    } catch {
      return [];
    }
  };
  return { records, url, catalog, filesOf };
}

test("snapshot copies everyone's catalog as it is now, in words and as JSON", async () => {
  const { url, filesOf } = await createGround();
  const { code, text, complaint } = await run("catalog", "snapshot", "--records", url);
  expect([code, complaint]).toEqual([0, ""]);
  expect(text).toContain(`${person}  snapshot of entry 2, `);
  expect(filesOf(person, "snapshots")).toHaveLength(1);
  const again = await run("catalog", "snapshot", "--records", url, "--person", otherPerson, "--json");
  expect(again.lines.map((line) => JSON.parse(line))).toEqual([
    { owner: otherPerson, snapshot_sequence: 1, snapshot_bytes: expect.any(Number), segments: 0 },
  ]);
});

test("rebuild makes the copies anew from the log, and says what the view holds", async () => {
  const { url, records, filesOf, catalog } = await createGround();
  await run("catalog", "snapshot", "--records", url);
  const [name = ""] = filesOf(person, "snapshots");
  truncateSync(join(records, "catalog", person, "snapshots", name), 100);
  const { code, text } = await run("catalog", "rebuild", "--records", url, "--person", person);
  expect(code).toBe(0);
  expect(text).toMatch(
    new RegExp(`^${person}  rebuilt from 2 entries: 2 photos; snapshot of entry 2, \\d{4,} bytes`),
  );
  expect(filesOf(person, "snapshots")).toEqual([name]);
  expect((await catalog.photos(person, {})).photos).toHaveLength(2);
});

test("rebuild holds a view with more photos than a page has against its log", async () => {
  const { records, url } = recordsFolder();
  await writeEntries(new DiskObjectStore(records), person, 6, 200);
  const { code, text, complaint } = await run("catalog", "rebuild", "--records", url, "--person", person);
  expect([code, complaint]).toEqual([0, ""]);
  expect(text).toContain(`${person}  rebuilt from 6 entries: 1200 photos; snapshot of entry 6, `);
});

test("rebuild says as JSON what the view holds, and that it is what the log says", async () => {
  const { url } = await createGround();
  const { lines } = await run("catalog", "rebuild", "--records", url, "--person", person, "--json");
  const copies = { snapshot_sequence: 2, snapshot_bytes: expect.any(Number), segments: 0 };
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { owner: person, ...copies, entries: 2, photos: 2, differences: [] },
  ]);
});

test("a damaged log is told, and nothing that was made from it is thrown away", async () => {
  const { url, records, filesOf } = await createGround();
  await run("catalog", "snapshot", "--records", url);
  writeFileSync(entryFile(records, person, 1), "{}");
  const { code, text, complaint } = await run("catalog", "rebuild", "--records", url);
  expect(code).toBe(1);
  expect(complaint).toContain(`The catalog of ${person} is damaged, and stays as it is.`);
  expect(text).toContain(`${otherPerson}  rebuilt from 1 entry: 0 photos`);
  expect(filesOf(person, "snapshots")).toHaveLength(1);
});

test.each(["rebuild", "snapshot"])(
  "%s says as JSON, too, which catalog is damaged and where",
  async (verb) => {
    const { url, records } = await createGround();
    writeFileSync(entryFile(records, person, 1), "{}");
    const { code, lines, complaint } = await run("catalog", verb, "--records", url, "--json");
    expect([code, complaint]).toEqual([1, expect.stringContaining("entry 1 is not what was written")]);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        owner: person,
        problems: [expect.stringContaining(person)],
        damage: [expect.objectContaining({ kind: "damaged", sequence: 1, last_sequence: 1 })],
        newer: [],
        values: [],
      },
      expect.objectContaining({ owner: otherPerson, snapshot_sequence: 1 }),
    ]);
  },
);

test("the organisation's catalog is copied and made anew as people's are", async () => {
  const { url, records, filesOf, catalog } = await createGround();
  const see = {
    kind: "see-member",
    salt: "salt",
    userId: otherPerson,
    email: "b@example.com",
    name: null,
  } as const;
  await catalog.organisation.execute(see, { idempotencyKey: "see" });
  const asked = ["--records", url, "--person", "organisation"];
  const copied = await run("catalog", "snapshot", ...asked);
  expect([copied.code, copied.complaint]).toEqual([0, ""]);
  const [name = ""] = filesOf("organisation", "snapshots");
  truncateSync(join(records, "catalog", "organisation", "snapshots", name), 100);
  const { code, text, complaint } = await run("catalog", "rebuild", ...asked);
  expect([code, complaint]).toEqual([0, ""]);
  expect(text).toMatch(/^organisation +rebuilt from 1 entry: 1 member; snapshot of entry 1, \d{4,} bytes/);
  expect(filesOf("organisation", "snapshots")).toEqual([name]);
});

test("a snapshot of a damaged log ends as damaged, with what to do, and others are made", async () => {
  const { url, records, filesOf } = await createGround();
  writeFileSync(entryFile(records, person, 1), "{}");
  const { code, complaint } = await run("catalog", "snapshot", "--records", url);
  expect(code).toBe(1);
  const { lines } = await run("catalog", "verify", "--records", url, "--person", person, "--json");
  const [{ remedy }] = JSON.parse(lines[0] ?? "").damage;
  expect(complaint).toContain(`No snapshot of ${person}: `);
  expect(complaint).toContain(`    ${remedy}`);
  expect(filesOf(person, "snapshots")).toEqual([]);
  expect(filesOf(otherPerson, "snapshots")).toHaveLength(1);
});
