import { setTimeout as sleep } from "node:timers/promises";
import { createCatalog } from "../../../app/catalog/create-catalog.ts";
import { DiskObjectStore } from "../../../app/storage/disk-object-store.ts";
import { CloudObjectStore } from "../../../app/storage/cloud-object-store.ts";
import { changeOf, people, steps } from "./scripted-change.ts";

/**
 * Changes two people's catalogs until it is killed. Prints `begin KEY` before each change and `done KEY SEQUENCE`
 * once it was acknowledged; first it repeats what the life before it began and was not told the end of.
 *
 * `node writer-process.ts disk FOLDER CACHE_FOLDER NAME [KEY...]`
 * `node writer-process.ts cloud ORIGIN/BUCKET CACHE_FOLDER NAME [KEY...]`
 */
const [kind, place = "", cacheFolder = "", name = "", ...unresolved] = process.argv.slice(2);
const records =
  kind === "disk"
    ? new DiskObjectStore(place)
    : new CloudObjectStore({ apiEndpoint: new URL(place).origin, bucket: new URL(place).pathname.slice(1) });
// Often enough that some are killed while they copy a view.
const limits = { snapshotInterval: 40, snapshotOnClosing: 1, mostOpen: 1 };
const catalog = await createCatalog({ records, cacheFolder, limits, writer: name });

/** These do not say what became of the change, or that it may be made later: the same key finds out. */
const passing = new Set(["commit-outcome-unknown", "commit-failed", "catalog-busy"]);

async function make(key: string): Promise<void> {
  const { userId, command } = changeOf(key);
  process.stdout.write(`begin ${key}\n`);
  for (;;) {
    try {
      const { sequence } = await catalog.execute(userId, command, { idempotencyKey: key });
      process.stdout.write(`done ${key} ${sequence}\n`);
      return;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && passing.has(String(error.code)))) throw error;
      await sleep(20);
    }
  }
}

async function writeOnAndOn(track: number): Promise<never> {
  for (let count = 0; ; count++) {
    const person = count % people.length;
    for (const step of steps) await make(`${person}/${name}-${track}-${count}/${step}`);
  }
}

await Promise.all(unresolved.map(make));
await Promise.all([writeOnAndOn(0), writeOnAndOn(1), writeOnAndOn(2)]);
