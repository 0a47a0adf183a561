import { join } from "node:path";
import { expect, test } from "vitest";
import { type Catalogs, createCatalog } from "../../app/catalog/create-catalog.ts";
import { createLazyCatalogs } from "../../app/catalog/lazy-catalog.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { newKey, person, scratchFolder } from "./fixtures.ts";

function lazyCatalogs(fail: () => boolean = () => false) {
  const folder = scratchFolder();
  let opened = 0;
  const create = async (): Promise<Catalogs> => {
    opened += 1;
    if (fail()) throw new Error("no room for a database");
    return await createCatalog({
      records: new DiskObjectStore(join(folder, "records")),
      cacheFolder: join(folder, "cache"),
    });
  };
  return { catalogs: createLazyCatalogs(create), opened: () => opened };
}

test("nothing is opened until somebody asks, and then once for all who ask", async () => {
  const { catalogs, opened } = lazyCatalogs();
  expect(opened()).toBe(0);
  const command = { kind: "see-sign-in", email: "a@example.com", name: null } as const;
  await Promise.all([
    catalogs.execute(person, command, { idempotencyKey: newKey() }),
    catalogs.organisation.settings(),
    catalogs.open(),
  ]);
  expect(opened()).toBe(1);
  expect(await catalogs.profile(person)).toMatchObject({ email: "a@example.com" });
  await catalogs.close();
});

test("an opening that failed is tried again by the next who asks", async () => {
  let isBroken = true;
  const { catalogs, opened } = lazyCatalogs(() => isBroken);
  await expect(catalogs.profile(person)).rejects.toThrow("no room for a database");
  isBroken = false;
  expect(await catalogs.profile(person)).toBeUndefined();
  expect(opened()).toBe(2);
  await catalogs.close();
});

test("one that was never opened closes without being opened", async () => {
  const { catalogs, opened } = lazyCatalogs();
  await catalogs.close();
  expect(opened()).toBe(0);
});
