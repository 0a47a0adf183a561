import { expect, test } from "vitest";
import { InvalidCommandError } from "../../app/catalog/protocol/errors.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import { add, openCatalog, person, scratchFolder } from "./fixtures.ts";

const megabyte = 1024 * 1024;

test("a change too large for the log is refused, and those beside it are made", async () => {
  const records = createMemoryStore();
  const catalog = await openCatalog(scratchFolder(), { records });
  const outcomes = await Promise.allSettled([
    add(catalog, "before"),
    add(catalog, "too-large", { metadata: { note: "x".repeat(2 * megabyte) } }),
    add(catalog, "after"),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(outcomes[1]).toMatchObject({ reason: expect.any(InvalidCommandError) });
  expect(records.names().filter((name) => name.includes("/log/"))).toHaveLength(1);
});

test("large changes at once share entries only up to a bound, and all are made", async () => {
  const records = createMemoryStore();
  const catalog = await openCatalog(scratchFolder(), { records });
  const note = "x".repeat(300 * 1024);
  const receipts = await Promise.all(
    Array.from({ length: 6 }, (_, index) => add(catalog, `p${index}`, { metadata: { note } })),
  );
  expect(receipts.map(({ sequence }) => sequence)).toEqual([1, 1, 2, 2, 3, 3]);
  for (const name of records.names()) {
    expect((await records.stat(name))?.sizeBytes).toBeLessThan(megabyte);
  }
});

test("more changes at once than may wait are turned away, not kept; the others are made in order", async () => {
  const records = createMemoryStore();
  const catalog = await openCatalog(scratchFolder(), { records });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 1100 }, (_, index) => add(catalog, `p${index}`)),
  );
  const turnedAway = outcomes.filter(({ status }) => status === "rejected");
  expect(turnedAway).toHaveLength(100);
  expect(turnedAway[0]).toMatchObject({ reason: { code: "catalog-busy" } });
  const sequences = outcomes.flatMap((outcome) =>
    outcome.status === "fulfilled" ? outcome.value.sequence : [],
  );
  expect(sequences).toEqual(Array.from({ length: 1000 }, (_, index) => Math.floor(index / 200) + 1));
  await add(catalog, "later");
  expect(await catalog.photo(person, "p0")).toBeDefined();
});
