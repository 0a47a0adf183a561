import { expect, test } from "vitest";
import { entryName } from "../../app/catalog/protocol/log.ts";
import { NewerEntryError } from "../../app/catalog/protocol/entry.ts";
import { TopicUnavailableError } from "../../app/events/topic.ts";
import { deleteClosed } from "../../app/maintenance/delete-closed.ts";
import type { Finding } from "../../app/maintenance/report.ts";
import { objectPrefixes } from "../../app/runtime-contract.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import { add, newKey, openCatalog, person, scratchFolder } from "../catalog/fixtures.ts";
import { copyingEdge } from "./copying-edge.ts";

const day = 24 * 3600 * 1000;

/** A closed account of which nothing was published, with a snapshot of entry 3. */
async function createGround() {
  const [records, media, uploads] = [createMemoryStore(), createMemoryStore(), createMemoryStore()];
  const catalog = await openCatalog(scratchFolder(), { records });
  for (const id of ["a", "b", "c"]) await add(catalog, id);
  await catalog.keepUp(person);
  const original = `${objectPrefixes.originals}${person}/a`;
  await media.put(original, Buffer.from("a private photo"));
  const notes: Finding[] = [];
  const published: unknown[] = [];
  let refusal: Error | undefined;
  const topic = {
    publish: async (messages: readonly { readonly data?: object }[]) => {
      if (refusal !== undefined) throw refusal;
      for (const { data } of messages) published.push(data);
    },
  };
  const run = async (after: number) =>
    await deleteClosed({
      catalog,
      records,
      media,
      uploads,
      edge: copyingEdge(),
      published: topic,
      keptDays: 61,
      now: () => Date.now() + after,
      note: (finding) => notes.push(finding),
    });
  const closeAndLook = async () => {
    await catalog.execute(person, { kind: "close-account" }, { idempotencyKey: newKey() });
    await run(2 * day);
    notes.length = 0;
  };
  const left = () => [...records.names(), ...media.names()].filter((name) => name.includes(person));
  const refuse = (error: Error | undefined) => (refusal = error);
  return { records, closeAndLook, run, left, notes, published, refuse };
}

type Ground = Awaited<ReturnType<typeof createGround>>;

const harms: readonly [string, (ground: Ground) => Promise<unknown>][] = [
  ["misses an entry", ({ records }) => records.delete(entryName(person, 2))],
  ["has a damaged entry", ({ records }) => records.put(entryName(person, 2), Buffer.from("{"))],
];

test.each(harms)(
  "a closed account whose unpublished log %s is deleted all the same, named, and its closing published",
  async (_, harm) => {
    const ground = await createGround();
    await harm(ground);
    await ground.closeAndLook();
    expect(await ground.run(3 * day)).toMatchObject({ deleted_accounts: 1 });
    expect(ground.left()).toEqual([]);
    expect(ground.published).toMatchObject([
      { user_id: person, seq: 1, kind: "photo-added" },
      { user_id: person, seq: 4, kind: "account-closed" },
    ]);
    expect(ground.notes).toContainEqual(
      expect.objectContaining({
        kind: "unpublished-log",
        userId: person,
        outcome: "left",
        detail: expect.stringContaining("entry 2"),
        error: expect.objectContaining({ code: "damaged-log", sequence: 2 }),
      }),
    );
  },
);

test("stopped once its closing could not be published it is deleted by the next run", async () => {
  const ground = await createGround();
  await ground.records.delete(entryName(person, 1));
  await ground.closeAndLook();
  const before = ground.left();
  ground.refuse(new TopicUnavailableError("published"));
  await expect(ground.run(3 * day)).rejects.toThrow(/^1 accounts /);
  expect(ground.left()).toEqual(before);
  ground.refuse(undefined);
  expect(await ground.run(4 * day)).toMatchObject({ deleted_accounts: 1 });
  expect(ground.published).toMatchObject([{ seq: 4, kind: "account-closed" }]);
  expect(ground.left()).toEqual([]);
});

test("what a newer release wrote keeps a closed account until that release runs again", async () => {
  const ground = await createGround();
  const entry = { version: 99, seq: 2, id: "i", by: "9.9.9/x", at: "2029-01-01T00:00:00.000Z" };
  await ground.records.put(entryName(person, 2), Buffer.from(JSON.stringify(entry)));
  await ground.closeAndLook();
  const before = ground.left();
  const failure: unknown = await ground.run(3 * day).catch((error: unknown) => error);
  expect(failure).toMatchObject({ errors: [expect.any(NewerEntryError)] });
  expect(ground.left()).toEqual(expect.arrayContaining(before));
});
