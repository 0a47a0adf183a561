import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Goals } from "./catalog-goals.ts";
import { type CatalogGround, writeLog } from "./catalog-ground.ts";
import { say } from "./measure.ts";

const people = 60;
const photos = 1000;

/** Memory for each person who is open: what the process grows by, and what the files take that count as memory too. */
export async function measureMemory(ground: CatalogGround, goals: Goals): Promise<void> {
  const ids = Array.from({ length: people }, (_, index) => `person-${index}`);
  for (const id of ids) await writeLog(ground.store, id, photos);
  const making = await ground.open();
  // Opened from a snapshot, as whoever was here before is.
  for (const id of ids) await making.keepUp(id);
  await making.close();

  const catalog = await ground.open();
  await catalog.photos("somebody-else", { limit: 50 });
  const before = await settledMemory();
  for (const id of ids) await catalog.photos(id, { limit: 50 });
  const grown = ((await settledMemory()) - before) / people / 1e6;
  const files = (await bytesOfFiles(ground.folder)) / people / 1e6;
  say(`${people} people with ${photos} photos each are open`);
  goals.record({ name: "MB of memory for a person", size: photos, measured: grown, most: 1 });
  goals.record({ name: "MB of files for a person", size: photos, measured: files });
  await catalog.close();
}

/** Without what was only not collected yet, or not given back to the system: waits until it falls no more. */
async function settledMemory(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  let least = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 20; turn += 1) {
    if (typeof collect === "function") collect();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const now = process.memoryUsage.rss();
    if (turn >= 3 && now > least * 0.995) return Math.min(now, least);
    least = Math.min(now, least);
  }
  return least;
}

async function bytesOfFiles(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    if (name.includes("views") && name.endsWith(".duckdb")) bytes += (await stat(join(folder, name))).size;
  }
  return bytes;
}
