import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { add, newKey, openCatalog, otherPerson, person } from "../catalog/fixtures.ts";
import { entryFile, entryName, recordsFolder, run } from "./command.ts";

/** Four entries of one person, one of another, one of the organisation. */
async function threeCatalogs() {
  const place = recordsFolder();
  const catalog = await openCatalog(place.folder);
  const signIn = { kind: "see-sign-in", email: "ada@example.com", name: "Ada" } as const;
  await catalog.execute(person, signIn, { idempotencyKey: newKey() });
  for (const id of ["p1", "p2"]) await add(catalog, id);
  await catalog.execute(person, { kind: "trash-photo", photoId: "p1" }, { idempotencyKey: newKey() });
  await catalog.execute(otherPerson, signIn, { idempotencyKey: newKey() });
  const flag = { name: "albums", isEnabled: true, userIds: [] };
  await catalog.organisation.execute({ kind: "set-flag", flag }, { idempotencyKey: newKey() });
  await catalog.close();
  return place;
}

test("inspect lists everyone with entries, head and the newest time", async () => {
  const { url } = await threeCatalogs();
  const { code, lines } = await run("catalog", "inspect", "--records", url, "--json");
  expect(code).toBe(0);
  const newest: unknown = expect.stringMatching(/^\d{4}-.*Z$/);
  const fine = { newest_at: newest, is_being_deleted: false, problems: [], newer: [] };
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { owner: "organisation", entries: 1, head: 1, ...fine },
    { owner: person, entries: 4, head: 4, ...fine },
    { owner: otherPerson, entries: 1, head: 1, ...fine },
  ]);
});

test("verify finds nothing in whole catalogs", async () => {
  const { url } = await threeCatalogs();
  const { code, text } = await run("catalog", "verify", "--records", url);
  expect(text).toContain(`${person}  whole, 4 entries read`);
  expect(text).toContain("3 catalogs read, none damaged.");
  expect(code).toBe(0);
});

test("verify names every damaged entry of a person, what to do, and everyone else who is whole", async () => {
  const { url, records } = await threeCatalogs();
  truncateSync(entryFile(records, person, 2), 60);
  rmSync(entryName(records, person, 3));
  const { code, text } = await run("catalog", "verify", "--records", url);
  expect(code).toBe(1);
  expect(text).toContain(`${person}  DAMAGED in 2 places, 2 entries read`);
  expect(text).toContain("entry 2 is not what was written");
  expect(text).toContain(`put an older version of 'catalog/${person}/log/000000000002.json' back`);
  expect(text).toContain("entry 3 is missing although later ones are there");
  expect(text).toContain(`${otherPerson}  whole, 1 entry read`);
  expect(text).toContain("3 catalogs read, 1 damaged.");
});

test("an object that cannot even be listed hides neither the rest of its log nor other people", async () => {
  const { url, records } = await threeCatalogs();
  const first = entryName(records, person, 1);
  rmSync(first);
  symlinkSync("written-by-nobody", first);
  for (const sequence of [2, 3]) rmSync(entryName(records, person, sequence));
  const { code, text } = await run("catalog", "verify", "--records", url);
  expect(code).toBe(1);
  expect(text).toContain(`${person}  DAMAGED in 2 places, 1 entry read`);
  expect(text).toContain("entry 1 is not what was written");
  expect(text).toContain("entries 2 to 3 are missing although later ones are there");
  expect(text).toContain("; until then this catalog serves nobody");
  // Nobody gets so far.
  expect(text).not.toContain("the next change");
  expect(text).toContain(`${otherPerson}  whole`);
});

test("verify of one person is fine while another's catalog is damaged", async () => {
  const { url, records } = await threeCatalogs();
  truncateSync(entryFile(records, person, 4), 60);
  expect((await run("catalog", "verify", "--records", url, "--person", otherPerson)).code).toBe(0);
  expect((await run("catalog", "verify", "--records", url, "--person", "organisation")).code).toBe(0);
  expect((await run("catalog", "inspect", "--records", url)).text).toContain(
    `entry 4 in the catalog of ${person}`,
  );
});

test("verify finds times that go back, wrong quotas, entries of a newer release and strangers", async () => {
  const { url, records } = await threeCatalogs();
  const store = new DiskObjectStore(records);
  const log = `catalog/${otherPerson}/log/`;
  const put = (name: string, value: unknown) => store.put(log + name, Buffer.from(JSON.stringify(value)));
  const command = { idempotencyKey: "k", request: "r", subject: null, effects: [], bytes: 7 };
  const entry = {
    version: 1,
    seq: 2,
    id: "i",
    by: "test",
    at: "2020-01-01T00:00:00.000Z",
    commands: [command],
  };
  await put("000000000002.json", entry);
  await put("notes.txt", {});
  const verify = async () => {
    const words = ["catalog", "verify", "--records", url, "--person", otherPerson, "--json"];
    const { code, text } = await run(...words);
    type Found = { kind: string; sequence: number | null }[];
    const {
      damage,
      newer,
      is_storage_checked: isStorageChecked,
    } = JSON.parse(text) as { damage: Found; newer: Found; is_storage_checked: boolean };
    const named = (found: Found) => found.map(({ kind, sequence }) => `${kind} ${sequence}`);
    return { code, isStorageChecked, kinds: named(damage), newer: named(newer) };
  };
  expect(await verify()).toEqual({
    code: 1,
    isStorageChecked: true,
    kinds: ["time 2", "stranger null", "storage-used null"],
    newer: [],
  });
  await put("000000000003.json", { ...entry, seq: 3, version: 99 });
  expect(await verify()).toEqual({
    code: 1,
    isStorageChecked: false,
    kinds: ["time 2", "stranger null"],
    newer: ["newer 3"],
  });
});

test("what makes no sense is told apart from damage", async () => {
  const { url } = await threeCatalogs();
  const cases: [string[], string][] = [
    [["catalog", "mend"], "got 'catalog mend'"],
    [["catalog", "verify", "--colour"], "--colour"],
    [["catalog", "verify", "--records", "ftp://x"], "got 'ftp://x'"],
    [["catalog", "verify", "--records", pathToFileURL(join("/", "nowhere-at-all")).href], "no records at"],
    [["catalog", "verify", "--records", url, "--person", "nobody"], "no catalog of 'nobody'"],
    [["catalog", "verify", "--records", url, "--person", "../x"], "--person must be an id"],
  ];
  for (const [words, complaint] of cases) {
    const outcome = await run(...words);
    expect(outcome.code).toBe(2);
    expect(outcome.complaint).toContain(complaint);
  }
  expect(await run("--help")).toMatchObject({ code: 0, text: expect.stringContaining("catalog verify") });
});

test("a place without catalogs is never told as whole: another folder, a file, a new one, one that lost them", async () => {
  const { url, folder, records } = await threeCatalogs();
  writeFileSync(join(folder, "notes.txt"), "");
  mkdirSync(join(folder, "new/.claims"), { recursive: true });
  const cases: [string, string][] = [
    [folder, `No catalogs in ${folder}: expected`],
    [join(records, "catalog"), "which has 'catalog/'"],
    [join(folder, "notes.txt"), `records are a folder, and '${join(folder, "notes.txt")}' is none`],
    [join(folder, "notes.txt/inner"), "no records at"],
    [join(folder, "new"), "new is empty: there is no catalog before somebody has signed in"],
  ];
  for (const verb of ["inspect", "verify", "rebuild", "snapshot"]) {
    for (const [path, complaint] of cases) {
      const outcome = await run("catalog", verb, "--records", pathToFileURL(path).href);
      expect(outcome).toMatchObject({ code: 2, text: "", complaint: expect.stringContaining(complaint) });
    }
  }
  await new DiskObjectStore(records).put("identities/one.json", Buffer.from("{}"));
  rmSync(join(records, "catalog"), { recursive: true });
  const lost = await run("catalog", "verify", "--records", url);
  expect(lost.code).toBe(1);
  expect(lost.complaint).toContain("No catalog is left in");
});

test("the program itself runs and ends with the code", async () => {
  const { url, records } = await threeCatalogs();
  const program = join(import.meta.dirname, "../../app/cli/main.ts");
  const words = [program, "catalog", "verify", "--records", url];
  expect(execFileSync(process.execPath, words, { encoding: "utf8" })).toContain("none damaged");
  truncateSync(entryFile(records, person, 1), 0);
  expect(() => execFileSync(process.execPath, words, { stdio: "pipe" })).toThrow(
    expect.objectContaining({ status: 1 }),
  );
});
