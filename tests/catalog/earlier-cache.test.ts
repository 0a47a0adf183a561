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
