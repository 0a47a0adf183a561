/** Keeps as many bytes as are asked for in a cache folder and prints what became of it: meant for a bad disk. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { openBlobCache } from "../../image/blob-cache.ts";

const [folder = "", megabytes = "1"] = process.argv.slice(2);
const content = Readable.from(Array.from({ length: Number(megabytes) }, () => Buffer.alloc(1 << 20)));
const outcome = await openBlobCache(folder)
  .keep(content)
  .then(
    ({ digest }) => digest,
    (error: unknown) => String(error),
  );
console.log(JSON.stringify({ outcome, left: await readdir(join(folder, "blobs")).catch(() => []) }));
