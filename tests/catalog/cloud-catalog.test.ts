import { afterAll, beforeAll, expect, test } from "vitest";
import { CloudObjectStore } from "../../app/storage/cloud-object-store.ts";
import { StorageStandIn, startStorageStandIn } from "../../local/google-apis/storage/storage-stand-in.ts";
import { type Fault, type FaultyProxy, isUpload, startFaultyProxy } from "../storage/faulty-proxy.ts";
import { openCatalog, person, scratchFolder } from "./fixtures.ts";
import { newPhoto } from "./photo-fixture.ts";

const standIn = new StorageStandIn({ allows: () => true });
let server: Awaited<ReturnType<typeof startStorageStandIn>>;
let proxy: FaultyProxy;

beforeAll(async () => {
  server = await startStorageStandIn(standIn);
  proxy = await startFaultyProxy(server.origin);
});
afterAll(async () => {
  await proxy.close();
  await server.close();
});

function recordsIn(bucket: string): CloudObjectStore {
  standIn.createBucket(bucket);
  const deadlines = { requestMilliseconds: 400 };
  return new CloudObjectStore({ bucket, apiEndpoint: proxy.origin, deadlines });
}

async function entriesIn(records: CloudObjectStore) {
  const names = await Array.fromAsync(records.list(`catalog/${person}/log/`));
  const entries = await Promise.all(names.map(({ name }) => records.read(name)));
  return entries.map((entry) => Buffer.from(entry?.bytes ?? []).toString());
}

const faults: Fault[] = [
  "lose-answer",
  "hide-answer",
  "empty-answer",
  "blank-answer",
  "page-answer",
  "hang",
  "lose-request",
  "unavailable",
  "twice",
  "late",
];

test.each(faults)("a put that meets '%s' is acknowledged once and is in the log once", async (fault) => {
  const records = recordsIn(`once-${fault}`);
  const catalog = await openCatalog(scratchFolder(), { records });
  proxy.plan(isUpload, fault);
  const command = { kind: "add-photo", photo: newPhoto("p1") } as const;
  const receipt = await catalog.execute(person, command, { idempotencyKey: "k" });
  expect(receipt).toMatchObject({ sequence: 1, photo: { id: "p1", version: 1 } });
  const entries = await entriesIn(records);
  expect(entries).toHaveLength(1);
  expect(entries[0]?.match(/photo-added/g)).toHaveLength(1);
});

test("an outcome that stays unknown is said as such, and the same key finds out", async () => {
  const records = recordsIn("unknown");
  const catalog = await openCatalog(scratchFolder(), { records });
  proxy.plan(isUpload, "lose-answer", "unavailable", "unavailable", "unavailable");
  const command = { kind: "add-photo", photo: newPhoto("p1") } as const;
  const execute = () => catalog.execute(person, command, { idempotencyKey: "k" });
  await expect(execute()).rejects.toMatchObject({ code: "commit-outcome-unknown" });
  expect(await execute()).toMatchObject({ sequence: 1 });
  expect(await entriesIn(records)).toHaveLength(1);
});

test("a store that refuses changes nothing and says so", async () => {
  const records = recordsIn("refused");
  const catalog = await openCatalog(scratchFolder(), { records });
  proxy.plan(isUpload, "too-many-requests");
  const command = { kind: "add-photo", photo: newPhoto("p1") } as const;
  const refused = catalog.execute(person, command, { idempotencyKey: "k" });
  await expect(refused).rejects.toMatchObject({ code: "commit-failed" });
  expect(await entriesIn(records)).toEqual([]);
});

test("two instances take turns on one log and see each other's changes", async () => {
  const records = recordsIn("two");
  const one = await openCatalog(scratchFolder(), { records });
  const two = await openCatalog(scratchFolder(), { records });
  const add = (catalog: typeof one, id: string) =>
    catalog.execute(person, { kind: "add-photo", photo: newPhoto(id) }, { idempotencyKey: id });
  await Promise.all(Array.from({ length: 20 }, (_, index) => add(index % 2 ? one : two, `p${index}`)));
  const { token } = await add(one, "last");
  expect((await two.photos(person, { limit: 200, after: token })).photos).toHaveLength(21);
});
