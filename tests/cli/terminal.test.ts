import { expect, test } from "vitest";
import { encodeEntry } from "../../app/catalog/protocol/entry.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { person } from "../catalog/fixtures.ts";
import { entryOf } from "../catalog/stored-entries.ts";
import { recordsFolder, run } from "./command.ts";
import { recordsOf } from "./four-hours.ts";

const title = "\u001b[31mRed\u001b]0;owned\u0007\u009b2J\u007f";

/** Of a release that took whatever a title was. */
async function olderCatalog(): Promise<string> {
  const { records, url } = recordsFolder();
  const entry = entryOf(1);
  for (const effect of entry.commands[0]?.effects ?? []) {
    if (effect.kind !== "photo-added") continue;
    Object.assign(effect.photo, { title: `${title}\n  p9  forged`, filename: `a${title}\nb.jpg` });
  }
  await new DiskObjectStore(records).put(
    `catalog/${person}/log/000000000001.json`,
    Buffer.from(encodeEntry(entry)),
  );
  return url;
}

test.each([
  ["history", "--sequence", "1"],
  ["history", "--at", "2026-11-25T00:00:00Z"],
  ["export"],
  ["verify"],
  ["inspect"],
  ["history", "--sequence", "1", "--json"],
  ["export", "--json"],
])("catalog %s %s %s %s steers no terminal, whatever people wrote", async (verb, ...rest) => {
  const url = await olderCatalog();
  const { lines, complaint, code } = await run(
    "catalog",
    verb,
    "--records",
    url,
    "--person",
    person,
    ...rest,
  );
  expect([code, complaint]).toEqual([0, ""]);
  expect(lines.join("")).not.toMatch(/[^\P{Cc}\t]/u);
  const namesPhotos = verb === "history" || verb === "export";
  expect(lines.join("").includes("[31mRed")).toBe(namesPhotos);
  expect(lines.some((line) => line.trim().startsWith("p9"))).toBe(false);
});

test("as JSON it is what was recorded, to the letter", async () => {
  const url = await olderCatalog();
  const { lines } = await run(
    "catalog",
    "history",
    "--records",
    url,
    "--person",
    person,
    "--sequence",
    "1",
    "--json",
  );
  expect(recordsOf(lines).at(-1)).toMatchObject({ photos: [{ title: `${title}\n  p9  forged` }] });
});

test("what is complained of steers no terminal either", async () => {
  const { url } = recordsFolder();
  const { complaint } = await run("catalog", "verify", "--records", url, "--person", "\u001b[2J");
  expect(complaint).toContain("[2J");
  expect(complaint).not.toMatch(/[^\P{Cc}\n\t]/u);
});
