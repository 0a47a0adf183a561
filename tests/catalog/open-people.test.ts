import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { Catalog } from "../../app/catalog/catalog.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import type { ObjectStore } from "../../app/storage/object-store.ts";
import { newKey, openCatalog, scratchFolder } from "./fixtures.ts";

const people = Array.from({ length: 12 }, (_, index) => `0193a5b8-0000-4000-8000-0000000002${10 + index}`);

function signIn(catalog: Catalog, userId: string) {
  const command = { kind: "see-sign-in", email: `${userId}@example.com`, name: null } as const;
  return catalog.execute(userId, command, { idempotencyKey: newKey() });
}

/** Names of the files that views are in. */
function views(folder: string): readonly string[] {
  return readdirSync(join(folder, "cache", "views")).filter((name) => name.endsWith(".duckdb"));
}

test("views that take more memory and files than they may are closed once nobody asks, and everyone is answered", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder, { limits: { mostBytes: 1 } });
  await Promise.all(people.map((userId) => signIn(catalog, userId)));
  for (const userId of people) {
    expect(await catalog.profile(userId)).toMatchObject({ email: `${userId}@example.com` });
  }
  // The one that was asked last may still be on its way out.
  await vi.waitFor(() => expect(views(folder).length).toBeLessThanOrEqual(1), { timeout: 5000 });
});

test("while as many people as may be open are being answered, further ones wait for their turn", async () => {
  const folder = scratchFolder();
  let most = 0;
  const store = new DiskObjectStore(join(folder, "records"));
  const busy = new Set<string>();
  const put: ObjectStore["put"] = async (name, body, options) => {
    const [, owner = ""] = name.split("/");
    busy.add(owner);
    most = Math.max(most, busy.size);
    try {
      return await store.put(name, body, options);
    } finally {
      busy.delete(owner);
    }
  };
  const records: ObjectStore = {
    put,
    read: (name) => store.read(name),
    openRead: (name, range) => store.openRead(name, range),
    stat: (name) => store.stat(name),
    list: (prefix, options) => store.list(prefix, options),
    delete: (name, options) => store.delete(name, options),
  };
  const catalog = await openCatalog(folder, { records, limits: { mostOpen: 3 } });
  await Promise.all(people.map((userId) => signIn(catalog, userId)));
  expect(most).toBeLessThanOrEqual(3);
  const profiles = await Promise.all(people.map((userId) => catalog.profile(userId)));
  expect(profiles.map((profile) => profile?.id)).toEqual(people);
});
