import { createCatalog } from "../../app/catalog/create-catalog.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { newPhoto } from "./photo-fixture.ts";

/**
 * Adds photos until it is killed and prints the id of each one that was acknowledged:
 * `node writer-process.ts RECORDS_FOLDER CACHE_FOLDER PERSON PREFIX`
 */
const [records = "", cacheFolder = "", person = "", prefix = ""] = process.argv.slice(2);
const catalog = await createCatalog({ records: new DiskObjectStore(records), cacheFolder });
let count = 0;

async function writeOnAndOn(): Promise<never> {
  for (;;) {
    const id = `${prefix}-${++count}`;
    await catalog.execute(person, { kind: "add-photo", photo: newPhoto(id) }, { idempotencyKey: id });
    process.stdout.write(`${id}\n`);
  }
}

await Promise.all([writeOnAndOn(), writeOnAndOn(), writeOnAndOn()]);
