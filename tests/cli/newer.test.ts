import { truncateSync } from "node:fs";
import { expect, test } from "vitest";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { entryName } from "../../app/catalog/protocol/log.ts";
import { Segments } from "../../app/catalog/protocol/segments.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { otherPerson, person } from "../catalog/fixtures.ts";
import { writeEntries } from "../catalog/stored-entries.ts";
import { entryFile, recordsFolder, run } from "./command.ts";

/** Of one person three entries, the last one of a release to come; of another a whole catalog. */
async function twoReleases() {
  const place = recordsFolder();
  const store = new DiskObjectStore(place.records);
  await writeEntries(store, person, 2, 1);
  await writeEntries(store, otherPerson, 1, 1);
  const entry = { version: 99, seq: 3, id: "i", by: "9.9.9/process-1", at: "2029-01-01T00:00:00.000Z" };
  await store.put(`catalog/${person}/log/000000000003.json`, Buffer.from(JSON.stringify(entry)));
  const ask = (verb: string, ...rest: string[]) => run("catalog", verb, "--records", place.url, ...rest);
  return { ...place, ask };
}

const one = ["--person", person];

test.each([
  [
    "verify",
    [],
    /of a newer release, 2 entries read[^]*2 catalogs read, none damaged, 1 of a newer release\.$/,
  ],
  ["inspect", [], /log entry 3 has version 99[^]*'imgstream catalog verify'/],
  ["history", [...one, "--sequence", "3"], /entries before are of a newer release\.$/],
  [
    "export",
    one,
    /^Nothing is exported: the catalog of \S+ was written by a newer release before that moment/,
  ],
  ["rebuild", one, /^The catalog of \S+ was written by a newer release, and stays as it is/],
  ["snapshot", one, /^No snapshot of .* has version 99/],
])(
  "%s does not call damaged what a newer release wrote, and ends in a way of its own",
  async (verb, rest, words) => {
    const { ask } = await twoReleases();
    const { code, text, complaint } = await ask(verb, ...rest);
    const said = text + complaint;
    expect(said).toMatch(words);
    expect(said).toContain("'9.9.9/process-1' wrote it");
    expect(said).not.toMatch(/damaged\b(?<!none damaged)/i);
    expect(code).toBe(4);
  },
);

test("a segment that has such an entry too keeps no command from the catalogs after it", async () => {
  const place = recordsFolder();
  const store = new DiskObjectStore(place.records);
  await writeEntries(store, person, 256);
  await writeEntries(store, otherPerson, 1);
  await new Segments(store, person, personModel).write(256);
  const entry = { version: 99, seq: 200, id: "i", by: "9.9.9/process-1", at: "2029-01-01T00:00:00.000Z" };
  const newer = `${JSON.stringify(entry)}\n`;
  await store.put(entryName(person, 200), Buffer.from(newer));
  const segment = `catalog/${person}/segments/000000000001.jsonl`;
  const lines = Buffer.from((await store.read(segment))?.bytes ?? [])
    .toString()
    .split(/(?<=\n)/);
  expect(lines).toHaveLength(256);
  await store.put(segment, Buffer.from(lines.with(199, newer).join("")));
  const verified = await run("catalog", "verify", "--records", place.url);
  expect(verified.text).toMatch(/entry 200 [^]*2 catalogs read, none damaged, 1 of a newer release\.$/);
  expect(verified.code).toBe(4);
  for (const [verb, ...rest] of [["history", "--sequence", "200"], ["export"], ["rebuild"], ["snapshot"]]) {
    const { code, text, complaint } = await run(
      "catalog",
      verb ?? "",
      "--records",
      place.url,
      ...one,
      ...rest,
    );
    expect(text + complaint).toContain("'9.9.9/process-1' wrote it");
    expect(code).toBe(4);
  }
});

test("as JSON it is not among the damage", async () => {
  const { ask } = await twoReleases();
  const newer = [expect.objectContaining({ kind: "newer", sequence: 3, last_sequence: 3 })];
  const lastOf = async (verb: string, ...rest: string[]): Promise<unknown> =>
    JSON.parse((await ask(verb, ...one, "--json", ...rest)).lines.at(-1) ?? "");
  expect(await lastOf("verify")).toMatchObject({ damage: [], newer });
  expect(await lastOf("inspect")).toMatchObject({
    problems: [],
    newer: [expect.stringContaining("version 99")],
  });
  expect(await lastOf("history")).toEqual({ record: "newer", sequence: 3, newer: newer[0] });
  expect(await lastOf("history", "--sequence", "3")).toEqual({
    record: "state",
    damage: [],
    newer,
    values: [],
  });
  expect(await lastOf("export")).toEqual({ record: "newer", sequence: 3, newer: newer[0] });
  for (const verb of ["rebuild", "snapshot"]) expect(await lastOf(verb)).toMatchObject({ damage: [], newer });
});

test("damage beside it decides how a command ends", async () => {
  const { ask, records } = await twoReleases();
  truncateSync(entryFile(records, person, 1), 10);
  for (const verb of ["verify", "history", "export", "rebuild", "snapshot"]) {
    expect(await ask(verb, ...one)).toMatchObject({ code: 1 });
  }
});
