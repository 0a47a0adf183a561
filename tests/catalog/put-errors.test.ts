import { join } from "node:path";
import { expect, test } from "vitest";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { ObjectDamagedError, StoreUnavailableError } from "../../app/storage/object-store.ts";
import { entryName } from "../../app/catalog/protocol/log.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import { add, newKey, openCatalog, person, scratchFolder, surroundingsAt } from "./fixtures.ts";
import { newPhoto } from "./photo-fixture.ts";

/** A store whose puts of entries fail as told, one after the other, after they were done or before. */
function failingRecords(faults: { readonly when: "before" | "after"; readonly error: Error }[]) {
  const records = new DiskObjectStore(join(scratchFolder(), "records"));
  const put = records.put.bind(records);
  records.put = async (name, body, options) => {
    const fault = name.includes("/log/") ? faults.shift() : undefined;
    if (fault?.when === "before") throw fault.error;
    const object = await put(name, body, options);
    if (fault !== undefined) throw fault.error;
    return object;
  };
  return records;
}

test.each([
  new TypeError("nobody thought of this one"),
  new ObjectDamagedError("entry", "arrived otherwise"),
])("an entry that is stored is acknowledged, whatever the store's success fails with (%s)", async (error) => {
  const records = failingRecords([{ when: "after", error }]);
  const catalog = await openCatalog(scratchFolder(), { records });
  expect(await add(catalog, "p1")).toMatchObject({ sequence: 1, photo: { id: "p1" } });
});

test("what fails by an error that nobody thought of until nobody tries any more is not called 'not made'", async () => {
  const error = new TypeError("nobody thought of this one");
  const last = Array.from({ length: 3 }, () => ({ when: "before", error }) as const);
  const records = failingRecords([{ when: "after", error }, ...last]);
  const catalog = await openCatalog(scratchFolder(), { records });
  await expect(add(catalog, "p1")).rejects.toMatchObject({ code: "commit-outcome-unknown" });
});

test("only a plain refusal is called 'not made', and none after an error of unknown outcome", async () => {
  const refusal = { when: "before", error: new StoreUnavailableError("entry") } as const;
  const unknown = { when: "after", error: new TypeError("nobody thought of this one") } as const;
  const catalog = await openCatalog(scratchFolder(), { records: failingRecords([refusal]) });
  await expect(add(catalog, "p1")).rejects.toMatchObject({ code: "commit-failed" });
  const records = failingRecords([unknown, refusal, refusal, refusal]);
  const other = await openCatalog(scratchFolder(), { records });
  await expect(add(other, "p1")).rejects.toMatchObject({ code: "commit-outcome-unknown" });
});

test.each([
  [2, "is acknowledged where the next one does", { sequence: 2 }],
  [3, "is of unknown outcome, and acknowledged when repeated", { code: "commit-outcome-unknown" }],
])(
  "an entry that is stored, where %i looks at the log of long ago do not come back, %s",
  async (failing, _, first) => {
    const records = createMemoryStore();
    const clock = { now: Date.parse("2026-11-23T08:00:00Z") };
    const surroundings = surroundingsAt(clock);
    const catalog = await openCatalog(scratchFolder(), { records, surroundings });
    await add(catalog, "p1");
    clock.now += 2 * 3600 * 1000;
    let [isWon, failed] = [false, 0];
    records.before = (operation, name) => {
      if (operation === "put" && name === entryName(person, 2)) isWon = true;
      if (!isWon || operation !== "stat" || !name.includes("/log/") || failed === failing) return;
      failed++;
      throw new StoreUnavailableError(name);
    };
    const command = { kind: "add-photo", photo: newPhoto("p2") } as const;
    const key = { idempotencyKey: newKey() };
    const run = () => catalog.execute(person, command, key);
    expect(await run().catch((error: unknown) => error)).toMatchObject(first);
    expect(await run()).toMatchObject({ sequence: 2, photo: { id: "p2" } });
    expect(failed).toBe(failing);
  },
);
