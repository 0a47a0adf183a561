import { join } from "node:path";
import { expect, test } from "vitest";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { ObjectDamagedError, StoreUnavailableError } from "../../app/storage/object-store.ts";
import { add, openCatalog, scratchFolder } from "./fixtures.ts";

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
