import { expect, test } from "vitest";
import type { Catalog } from "../../app/catalog/catalog.ts";
import type { Command } from "../../app/catalog/command.ts";
import { add, newKey, openCatalog, person, scratchFolder } from "./fixtures.ts";

const run = (catalog: Catalog, command: Command) =>
  catalog.execute(person, command, { idempotencyKey: newKey() });

const share = (catalog: Catalog, photoIds: readonly string[], id = "s") => {
  const expiresDate = new Date(Date.now() + 24 * 3600_000).toISOString();
  return run(catalog, { kind: "create-share", share: { id, title: null, expiresDate, photoIds } });
};

async function undo(catalog: Catalog, sequence: number) {
  return await catalog.undo(person, sequence, { idempotencyKey: newKey() });
}

/** Commands of one turn of the event loop, which share an entry. */
async function runAtOnce(catalog: Catalog, commands: readonly Command[]): Promise<number> {
  const receipts = await Promise.all(commands.map((command) => run(catalog, command)));
  const [sequence = 0, ...others] = new Set(receipts.map((receipt) => receipt.sequence));
  expect(others).toEqual([]);
  return sequence;
}

test("undoing an entry that made two photos public ends the share that shows these two", async () => {
  const catalog = await openCatalog(scratchFolder());
  for (const id of ["a", "b", "c"]) await add(catalog, id, { private: id !== "c" });
  const published = await runAtOnce(
    catalog,
    ["a", "b"].map((photoId) => ({ kind: "edit-photo", photoId, edit: { private: false } })),
  );
  await share(catalog, ["a", "b"]);
  await share(catalog, ["a", "c", "b"], "wider");
  await undo(catalog, published);
  expect(await catalog.share(person, "s")).toMatchObject({ photoIds: [], endedDate: expect.any(String) });
  expect(await catalog.share(person, "wider")).toMatchObject({ photoIds: ["c"], endedDate: null });
});

test("undoing a restore of two photos ends the share that shows these two", async () => {
  const catalog = await openCatalog(scratchFolder());
  for (const id of ["a", "b"]) {
    await add(catalog, id, { private: false });
    await run(catalog, { kind: "trash-photo", photoId: id });
  }
  const restored = await runAtOnce(
    catalog,
    ["a", "b"].map((photoId) => ({ kind: "restore-photo", photoId })),
  );
  await share(catalog, ["a", "b"]);
  await undo(catalog, restored);
  expect(await catalog.share(person, "s")).toMatchObject({ photoIds: [], endedDate: expect.any(String) });
});

test("a share is ended once by undoing the entry that opened it and made one of its photos public", async () => {
  const catalog = await openCatalog(scratchFolder());
  await add(catalog, "a", { private: true });
  await add(catalog, "b", { private: false });
  const expiresDate = new Date(Date.now() + 24 * 3600_000).toISOString();
  const shared = await runAtOnce(catalog, [
    { kind: "edit-photo", photoId: "a", edit: { private: false } },
    { kind: "create-share", share: { id: "s", title: null, expiresDate, photoIds: ["a", "b"] } },
  ]);
  const { sequence } = await undo(catalog, shared);
  expect(await catalog.share(person, "s")).toMatchObject({ photoIds: [], endedDate: expect.any(String) });
  const { activities } = await catalog.activity(person, { limit: 10 });
  const kinds = activities.filter((activity) => activity.sequence === sequence).map(({ kind }) => kind);
  expect(kinds.toSorted()).toEqual(["photo-edited", "share-ended"]);
});
