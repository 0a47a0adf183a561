import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Random } from "../simulation/random.ts";
import { openCatalog, person, scratchFolder } from "./fixtures.ts";

/** Writes until it is killed after so long; what it was told is safe. */
async function writeAndDie(folder: string, prefix: string, milliseconds: number): Promise<string[]> {
  const script = join(import.meta.dirname, "writer-process.ts");
  const places = [join(folder, "records"), join(folder, `cache-${prefix}`)];
  const child = spawn(process.execPath, [script, ...places, person, prefix], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (chunk: string) => (output += chunk));
  await once(child.stdout, "data");
  setTimeout(() => child.kill("SIGKILL"), milliseconds);
  await once(child, "close");
  return output.split("\n").slice(0, -1);
}

test("three processes on one store, killed at random, lose nothing that they acknowledged and double nothing", async () => {
  const folder = scratchFolder();
  const random = new Random(7);
  const lives = Array.from({ length: 3 }, async (_, writer) => {
    const acknowledged: string[] = [];
    for (let life = 0; life < 3; life++) {
      acknowledged.push(...(await writeAndDie(folder, `w${writer}-${life}`, random.between(50, 700))));
    }
    return acknowledged;
  });
  const acknowledged = (await Promise.all(lives)).flat();
  const catalog = await openCatalog(folder);
  const found: string[] = [];
  for (let after: string | undefined; ;) {
    const photos = await catalog.everyPhoto(person, { limit: 1000, ...(after !== undefined && { after }) });
    found.push(...photos.map(({ id }) => id));
    after = photos.at(-1)?.id;
    if (after === undefined) break;
  }
  expect(acknowledged.length).toBeGreaterThan(20);
  expect(new Set(acknowledged).size).toBe(acknowledged.length);
  expect(new Set(found).size).toBe(found.length);
  const lost = acknowledged.filter((id) => !found.includes(id));
  expect(lost).toEqual([]);
}, 120_000);
