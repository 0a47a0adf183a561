import { truncateSync } from "node:fs";
import { expect, test } from "vitest";
import { entryName } from "../../app/catalog/protocol/log.ts";
import { encodeEntry } from "../../app/catalog/protocol/entry.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { newKey, openCatalog, otherPerson, person } from "../catalog/fixtures.ts";
import { entryOf, writeEntries } from "../catalog/stored-entries.ts";
import { entryFile, recordsFolder, run } from "./command.ts";

/** One person's first entry names a camera that no view can hold, the photo was edited since; another's is whole. */
async function twoCatalogs() {
  const place = recordsFolder();
  const store = new DiskObjectStore(place.records);
  const entry = entryOf(1, 1);
  for (const effect of entry.commands[0]?.effects ?? []) {
    if (effect.kind === "photo-added") Object.assign(effect.photo, { camera: "half \ud83d" });
  }
  await store.put(entryName(person, 1), encodeEntry(entry));
  await writeEntries(store, otherPerson, 1);
  const catalog = await openCatalog(place.folder);
  const edit = { kind: "edit-photo", photoId: "photo-1-0", edit: { title: "mended" } } as const;
  await catalog.execute(person, edit, { idempotencyKey: newKey() });
  await catalog.close();
  const ask = (verb: string, ...rest: string[]) => run("catalog", verb, "--records", place.url, ...rest);
  return { ...place, ask };
}

const value = expect.objectContaining({ kind: "value", sequence: 1, last_sequence: 1 });

test("a value that no view can hold is told, and is no damage: nothing takes it out of its entry", async () => {
  const { ask } = await twoCatalogs();
  const { code, lines } = await ask("verify");
  expect(lines.slice(0, 2)).toEqual([
    `${person}  whole, with 1 value that no view can hold, 2 entries read`,
    expect.stringContaining("entry 1: 'camera' of"),
  ]);
  expect(lines).toContain(`${otherPerson}  whole, 1 entry read`);
  expect(lines.at(-1)).toBe("2 catalogs read, none damaged, 1 with values that no view can hold.");
  expect(code).toBe(0);
  const { lines: json } = await ask("verify", "--person", person, "--json");
  expect(JSON.parse(json[0] ?? "")).toMatchObject({ entries: 2, damage: [], newer: [], values: [value] });
  for (const verb of ["export", "rebuild", "snapshot", "history"]) {
    expect(await ask(verb, "--person", person)).toMatchObject({ code: 0 });
  }
});

test("damage beside it counts by itself", async () => {
  const { ask, records } = await twoCatalogs();
  truncateSync(entryFile(records, person, 2), 10);
  const { code, text } = await ask("verify");
  expect(text).toContain(`${person}  DAMAGED in 1 place, with 1 value that no view can hold, 1 entry read`);
  expect(code).toBe(1);
  const damaged = expect.objectContaining({ kind: "damaged", sequence: 2 });
  const { lines } = await ask("verify", "--person", person, "--json");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ damage: [damaged], newer: [], values: [value] });
  const exported = await ask("export", "--person", person, "--json");
  expect(exported.lines.map((line) => JSON.parse(line))).toEqual([
    { record: "value", sequence: 1, value },
    { record: "damage", sequence: 2, damage: damaged },
  ]);
});
