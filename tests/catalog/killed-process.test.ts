import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DamagedLogError } from "../../app/catalog/protocol/log.ts";
import { add, openCatalog, otherPerson, person, scratchFolder } from "./fixtures.ts";

/** Runs the writer until it has acknowledged so many changes, then kills it; what it acknowledged. */
async function writeAndKill(folder: string, prefix: string, enough: number): Promise<string[]> {
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, "writer-process.ts"),
      join(folder, "records"),
      join(folder, "cache"),
      person,
      prefix,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let output = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (chunk: string) => {
    output += chunk;
    if (output.split("\n").length > enough) child.kill("SIGKILL");
  });
  await once(child, "close");
  expect(child.signalCode).toBe("SIGKILL");
  return output.split("\n").slice(0, -1);
}

test("what was acknowledged before kill -9 is there afterwards, once, and the log has no gap", async () => {
  const folder = scratchFolder();
  const acknowledged: string[] = [];
  for (const [round, enough] of [3, 17, 40].entries()) {
    acknowledged.push(...(await writeAndKill(folder, `round${round}`, enough)));
  }
  const catalog = await openCatalog(folder);
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await catalog.photos(person, { limit: 200, ...(cursor !== undefined && { cursor }) });
    found.push(...page.photos.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(acknowledged.length).toBeGreaterThanOrEqual(60);
  expect(found).toEqual(expect.arrayContaining(acknowledged));
  expect(new Set(found).size).toBe(found.length);
  // At most the three that were under way at each death may be there beyond what was acknowledged.
  expect(found.length).toBeLessThanOrEqual(acknowledged.length + 9);
  const { sequence } = await add(catalog, "after");
  expect(
    readdirSync(join(folder, "records/catalog", person, "log")).filter((name) => !name.startsWith(".")),
  ).toHaveLength(sequence);
});

test("a cache that an earlier process left, whole or damaged, changes no answer", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  await add(catalog, "p1");
  const live = await catalog.photos(person, {});
  const cache = join(folder, "cache/views");
  const [file = ""] = readdirSync(cache);
  const bytes = readFileSync(join(cache, file));
  await catalog.close();
  for (const damage of [bytes, bytes.subarray(0, bytes.length / 2), Buffer.from("not a database")]) {
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, file), damage);
    writeFileSync(join(cache, `${file}.wal`), damage);
    const reopened = await openCatalog(folder);
    expect(await reopened.photos(person, {})).toEqual(live);
    await reopened.close();
  }
});

test("a damaged entry is reported with person, number and the way out, and harms nobody else", async () => {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  for (let index = 0; index < 5; index++) await add(catalog, `p${index}`);
  await catalog.execute(
    otherPerson,
    { kind: "see-sign-in", email: "b@example.com", name: null },
    { idempotencyKey: "k" },
  );
  await catalog.close();
  const entry = realpathSync(join(folder, "records/catalog", person, "log/000000000003.json"));
  copyFileSync(entry, join(folder, "backup"));
  truncateSync(entry, 100);
  const reopened = await openCatalog(folder);
  const reading = reopened.photos(person, {});
  await expect(reading).rejects.toThrow(DamagedLogError);
  await expect(reading).rejects.toThrow(`entry 3 in the catalog of ${person} is damaged`);
  await expect(reading).rejects.toThrow("put an older version of this object back, or the one of a backup");
  await expect(add(reopened, "p9")).rejects.toThrow(DamagedLogError);
  expect(await reopened.profile(otherPerson)).toMatchObject({ email: "b@example.com" });
  copyFileSync(join(folder, "backup"), entry);
  expect((await reopened.photos(person, {})).photos).toHaveLength(5);
});
