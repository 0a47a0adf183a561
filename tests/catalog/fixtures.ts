import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Catalog } from "../../app/catalog/catalog.ts";
import type { NewPhoto } from "../../app/catalog/command.ts";
import { type CatalogOptions, type Catalogs, createCatalog } from "../../app/catalog/create-catalog.ts";
import { realSurroundings } from "../../app/catalog/protocol/surroundings.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { newPhoto } from "./photo-fixture.ts";

export const person = "0193a5b8-0000-4000-8000-000000000001";
export const otherPerson = "0193a5b8-0000-4000-8000-000000000002";

/** A folder that the test leaves behind and that is removed after it. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "imgstream-catalog-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

let keys = 0;
export const newKey = () => `key-${++keys}`;

/** A catalog on a disk store in a folder of the test's, closed after it. */
export async function openCatalog(folder: string, options: Partial<CatalogOptions> = {}): Promise<Catalogs> {
  const catalog = await createCatalog({
    records: new DiskObjectStore(join(folder, "records")),
    cacheFolder: join(folder, "cache"),
    ...options,
  });
  onTestFinished(() => catalog.close());
  return catalog;
}

/** The real surroundings with a clock that the test sets. */
export function surroundingsAt(clock: { now: number }) {
  return { ...realSurroundings, now: () => clock.now };
}

export async function add(catalog: Catalog, id: string, changes: Partial<NewPhoto> = {}) {
  const photo = newPhoto(id, changes);
  return await catalog.execute(person, { kind: "add-photo", photo }, { idempotencyKey: newKey() });
}
