import { join } from "node:path";
import { expect, test } from "vitest";
import type { Command } from "../../app/catalog/command.ts";
import type { Catalog } from "../../app/catalog/catalog.ts";
import { deleteClosed } from "../../app/maintenance/delete-closed.ts";
import { noEdgeCache } from "../../app/media/edge-cache.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { OutcomeUnknownError, StoreUnavailableError } from "../../app/storage/object-store.ts";
import { newKey, openCatalog, person, scratchFolder, surroundingsAt } from "../catalog/fixtures.ts";
import { newPhoto } from "../catalog/photo-fixture.ts";

const hour = 3600_000;
const run = (catalog: Catalog, command: Command) =>
  catalog.execute(person, command, { idempotencyKey: newKey() });

/** A writer that stands still before its next put of an entry, with a log of two entries. */
async function sleepingWriter() {
  const folder = scratchFolder();
  const clock = { now: Date.parse("2026-11-23T08:00:00Z") };
  const records = new DiskObjectStore(join(folder, "records"));
  const media = new DiskObjectStore(join(folder, "media"));
  const slow = new DiskObjectStore(join(folder, "records"));
  let meanwhile: (() => Promise<void>) | undefined;
  const put = slow.put.bind(slow);
  slow.put = async (name, ...rest) => {
    const work = name.includes("/log/") ? meanwhile : undefined;
    if (work === undefined) return await put(name, ...rest);
    meanwhile = undefined;
    await work();
    return await put(name, ...rest);
  };
  const surroundings = surroundingsAt(clock);
  const sleeper = await openCatalog(scratchFolder(), { records: slow, surroundings });
  const other = await openCatalog(scratchFolder(), { records, surroundings });
  await run(sleeper, { kind: "see-sign-in", email: "a@example.com", name: "A" });
  await run(sleeper, { kind: "add-photo", photo: newPhoto("p1") });
  const sweep = async () => {
    const noted: string[] = [];
    const figures = await deleteClosed({
      catalog: other,
      records,
      media,
      uploads: media,
      edge: noEdgeCache,
      published: undefined,
      keptDays: 0,
      now: () => clock.now,
      note: ({ detail }) => noted.push(detail ?? ""),
    });
    return { figures, noted };
  };
  return {
    slow,
    other,
    sweep,
    pass: (hours: number) => void (clock.now += hours * hour),
    change: async (work: () => Promise<void>) => {
      meanwhile = work;
      return await run(sleeper, { kind: "edit-photo", photoId: "p1", edit: { title: "secret" } });
    },
    names: async () =>
      (await Array.fromAsync(records.list(`catalog/${person}/`))).map(({ name }) => name.split("/").at(-1)),
  };
}

/** Closes the account and lets maintenance delete all of it. */
async function deleteAll({ other, sweep, pass }: Awaited<ReturnType<typeof sleepingWriter>>) {
  await run(other, { kind: "close-account" });
  for (const hours of [0.1, 25, 25]) {
    pass(hours);
    await sweep();
  }
}

test("who stands still before a put until the log is deleted is not acknowledged, and leaves nothing", async () => {
  const writer = await sleepingWriter();
  const changing = writer.change(async () => {
    await deleteAll(writer);
    expect(await writer.names()).toEqual([]);
  });
  await expect(changing).rejects.toMatchObject({
    code: "commit-outcome-unknown",
    cause: { code: "damaged-log", sequence: 2 },
  });
  expect(await writer.names()).toEqual([]);
});

test("who stands still as long before a put into a log that is there is acknowledged", async () => {
  const writer = await sleepingWriter();
  const receipt = await writer.change(async () => writer.pass(50));
  expect(receipt).toMatchObject({ sequence: 3, photo: { title: "secret" } });
});

test("where the store does not say what became of the log the outcome is unknown", async () => {
  const writer = await sleepingWriter();
  const stat = writer.slow.stat.bind(writer.slow);
  const changing = writer.change(async () => {
    writer.pass(50);
    writer.slow.stat = (name) => Promise.reject(new StoreUnavailableError(name));
  });
  await expect(changing).rejects.toMatchObject({ code: "commit-outcome-unknown" });
  writer.slow.stat = stat;
  expect(await writer.names()).toContain("000000000003.json");
});

test("what a writer that ended then has left of a deleted account is told, and left alone", async () => {
  const writer = await sleepingWriter();
  const changing = writer.change(async () => {
    await deleteAll(writer);
    writer.slow.delete = (name) => Promise.reject(new OutcomeUnknownError(name));
  });
  await expect(changing).rejects.toMatchObject({ code: "commit-outcome-unknown" });
  expect(await writer.names()).toEqual(["000000000003.json"]);
  writer.pass(100);
  const { figures, noted } = await writer.sweep();
  expect(figures).toMatchObject({ withheld_accounts: 1, deleted_accounts: 0 });
  expect(noted.join()).toMatch(/begins with entry 3, has no final entry and no sign-in leads to it/);
  expect(await writer.names()).toEqual(["000000000003.json"]);
});
