import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DamagedLogError } from "../../app/catalog/protocol/log.ts";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { Log } from "../../app/catalog/protocol/log.ts";
import { Snapshots } from "../../app/catalog/protocol/snapshots.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { Random } from "../simulation/random.ts";
import { add, openCatalog, otherPerson, person, scratchFolder } from "./fixtures.ts";

/** Every way in which the file may be cut at 200 places, and 1,000 single bits turned over. */
function* damagesOf(bytes: Buffer): Iterable<Buffer> {
  for (let place = 0; place < 200; place++) yield bytes.subarray(0, Math.floor((bytes.length * place) / 200));
  const random = new Random(6);
  for (let count = 0; count < 1000; count++) {
    const turned = Buffer.from(bytes);
    const at = random.whole(0, bytes.length - 1);
    turned[at] = (turned[at] ?? 0) ^ (1 << random.whole(0, 7));
    yield turned;
  }
}

async function writtenFolder() {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder);
  for (let index = 0; index < 4; index++) await add(catalog, `p${index}`);
  await catalog.keepUp(person);
  await add(catalog, "last");
  const live = await catalog.photos(person, {});
  await catalog.execute(
    otherPerson,
    { kind: "see-sign-in", email: "b@example.com", name: null },
    { idempotencyKey: "k" },
  );
  await catalog.close();
  return { folder, live, store: new DiskObjectStore(join(folder, "records")) };
}

test("no cut and no turned bit of a log entry goes unnoticed; each is reported with person and number", async () => {
  const { folder, store } = await writtenFolder();
  const file = realpathSync(join(folder, "records/catalog", person, "log/000000000003.json"));
  const whole = readFileSync(file);
  const log = new Log(store, person, personModel);
  let count = 0;
  for (const damaged of damagesOf(whole)) {
    writeFileSync(file, damaged);
    await expect(log.read(3), `damage ${count}`).rejects.toThrow(DamagedLogError);
    count++;
  }
  expect(count).toBe(1200);
  writeFileSync(file, whole);
  expect((await log.read(3))?.seq).toBe(3);
});

test("no cut and no turned bit of a snapshot is opened", async () => {
  const { folder, store } = await writtenFolder();
  const [object] = await Array.fromAsync(store.list(`catalog/${person}/snapshots/`));
  const [format = "", sequence = ""] = object?.name.split("/").slice(-2) ?? [];
  const file = realpathSync(join(folder, "records", object?.name ?? ""));
  const whole = readFileSync(file);
  const snapshots = new Snapshots(store, person, format);
  expect(await snapshots.read(Number(sequence))).toHaveLength(whole.length);
  for (const damaged of damagesOf(whole)) {
    writeFileSync(file, damaged);
    expect(await snapshots.read(Number(sequence))).toBeUndefined();
  }
});

test("damage of a snapshot heals itself, and the next upkeep makes a sound one", async () => {
  const { folder, live, store } = await writtenFolder();
  const [object] = await Array.fromAsync(store.list(`catalog/${person}/snapshots/`));
  const file = realpathSync(join(folder, "records", object?.name ?? ""));
  writeFileSync(file, readFileSync(file).subarray(0, 5000));
  const catalog = await openCatalog(folder);
  expect(await catalog.photos(person, {})).toEqual(live);
  await catalog.keepUp(person);
  await catalog.close();
  const sound = await Array.fromAsync(store.list(`catalog/${person}/snapshots/`));
  expect(await store.read(sound.at(-1)?.name ?? "")).toBeDefined();
  expect(sound.at(-1)?.name).not.toBe(object?.name);
});

test("damage of one person's log keeps nobody else from anything", async () => {
  const { folder } = await writtenFolder();
  const file = realpathSync(join(folder, "records/catalog", person, "log/000000000005.json"));
  writeFileSync(file, "{");
  const catalog = await openCatalog(folder);
  await expect(catalog.photos(person, {})).rejects.toMatchObject({
    code: "damaged-log",
    sequence: 5,
    owner: person,
  });
  expect(await catalog.profile(otherPerson)).toMatchObject({ email: "b@example.com" });
});
