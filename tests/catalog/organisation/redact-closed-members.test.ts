import { expect, test } from "vitest";
import { redactClosedMembers } from "../../../app/catalog/history/redact-closed-members.ts";
import { verifyCatalog } from "../../../app/catalog/history/verify-catalog.ts";
import { organisationModel } from "../../../app/catalog/organisation/organisation-model.ts";
import type { OrganisationCommand } from "../../../app/catalog/organisation-catalog.ts";
import { Segments } from "../../../app/catalog/protocol/segments.ts";
import { withCopies } from "../../../app/cli/open-copies.ts";
import type { ObjectStore } from "../../../app/storage/object-store.ts";
import { createMemoryStore, type MemoryStore } from "../../app/memory-store.ts";
import { newKey, openCatalog, otherPerson, person, scratchFolder } from "../fixtures.ts";
import { tellingRecords } from "./telling-records.ts";

const hour = 3600 * 1000;
const begin = Date.parse("2026-11-23T08:00:00Z");
const segmentLength = 4;
const secrets = ["Anna", "Berg", "lake.example"];

const run = (catalog: Awaited<ReturnType<typeof openCatalog>>, command: OrganisationCommand) =>
  catalog.organisation.execute(command, { idempotencyKey: newKey() });

const seen = (userId: string, email: string, name: string | null): OrganisationCommand => ({
  kind: "see-member",
  salt: "salt",
  userId,
  email,
  name,
});

const redact = (records: ObjectStore, hours = 0, isDryRun = false) =>
  redactClosedMembers(records, { now: begin + hours * hour, segmentLength, isDryRun });

/** Anna joined, has another name since, and left; Ben stays. With a snapshot and a segment of when she was there. */
async function leftGround() {
  const records = createMemoryStore();
  const catalog = await openCatalog(scratchFolder(), { records });
  await run(catalog, seen(person, "anna@lake.example", "Anna"));
  await run(catalog, seen(otherPerson, "ben@example.com", "Ben"));
  await run(catalog, seen(person, "Anna.Berg@lake.example", "Anna Berg"));
  await run(catalog, { kind: "set-setting", name: "greeting", value: "hello" });
  await snapshot(records);
  await run(catalog, { kind: "close-member", userId: person });
  await new Segments(records, "organisation", organisationModel, segmentLength).write(segmentLength);
  return { records, catalog };
}

async function snapshot(records: ObjectStore): Promise<void> {
  const failures: unknown[] = [];
  await withCopies(
    records,
    (notice) => void failures.push(notice),
    async (catalogOf) => {
      await catalogOf("organisation").keepUp();
    },
  );
  expect(failures).toEqual([]);
}

const partsOf = (names: readonly string[]) => new Set(names.map((name) => name.split("/")[2]));

test("of a member who left, nothing in log, segments and snapshots tells name or address; others keep theirs", async () => {
  const { records, catalog } = await leftGround();
  const before = await tellingRecords(records, secrets);
  expect(partsOf(before)).toEqual(new Set(["log", "segments", "snapshots"]));
  expect(await redact(records, 0, true)).toEqual({ entries: 2, snapshots: 1 });
  expect(await tellingRecords(records, secrets)).toEqual(before);
  expect(await redact(records)).toEqual({ entries: 2, snapshots: 1 });
  expect(await tellingRecords(records, secrets)).toEqual([]);
  expect(partsOf(await tellingRecords(records, ["ben@example.com"]))).toEqual(new Set(["log", "segments"]));

  expect((await verifyCatalog(records, "organisation")).damage).toEqual([]);
  const live = await catalog.organisation.members({ limit: 10 });
  const rebuilt = await openCatalog(scratchFolder(), { records });
  expect(await rebuilt.organisation.members({ limit: 10 })).toEqual(live);
  expect(live).toMatchObject([{ userId: otherPerson, email: "ben@example.com", name: "Ben" }]);
  await snapshot(records);
  expect(await tellingRecords(records, secrets)).toEqual([]);
});

test("whose own catalog is not deleted yet is waited for, and keeps nobody else's name", async () => {
  const { records, catalog } = await leftGround();
  await run(catalog, { kind: "close-member", userId: otherPerson });
  await records.put(`catalog/${person}/log/000000000001.json`, Buffer.from("{}"));
  expect(await redact(records)).toMatchObject({ entries: 1 });
  expect(await tellingRecords(records, ["ben@example.com"])).toEqual([]);
  expect(partsOf(await tellingRecords(records, secrets))).toEqual(new Set(["log", "segments"]));
  await records.delete(`catalog/${person}/log/000000000001.json`);
  // Looked through a short time ago.
  expect(await redact(records, 5)).toEqual({ entries: 0, snapshots: 0 });
  expect(await redact(records, 7)).toEqual({ entries: 2, snapshots: 0 });
  expect(await tellingRecords(records, secrets)).toEqual([]);
});

test("who is entered again keeps what was told since, and who only has another address keeps everything", async () => {
  const { records, catalog } = await leftGround();
  await run(catalog, seen(person, "again@example.com", "Carla"));
  await run(catalog, seen("0193a5b8-0000-4000-8000-000000000009", "ben@example.com", "Benno"));
  await redact(records);
  expect(await tellingRecords(records, secrets)).toEqual([]);
  const rebuilt = await openCatalog(scratchFolder(), { records });
  expect(await rebuilt.organisation.members({ limit: 10 })).toMatchObject([
    { userId: person, email: "again@example.com", name: "Carla" },
    { userId: otherPerson, email: null, name: "Ben" },
    { email: "ben@example.com", name: "Benno" },
  ]);
});

test("a late copy of before is found by the next run, and then there is nothing to do", async () => {
  const { records } = await leftGround();
  const late = new Map<string, Uint8Array>();
  for (const name of records.names().filter((one) => /\/(snapshots|segments)\//.test(one)))
    late.set(name, (await records.read(name))?.bytes ?? Buffer.of());
  await redact(records);
  for (const [name, bytes] of late) await records.put(name, bytes);
  expect(await tellingRecords(records, secrets)).toHaveLength(2);
  expect(await redact(records, 7)).toEqual({ entries: 0, snapshots: 1 });
  expect(await tellingRecords(records, secrets)).toEqual([]);
  expect(await redact(records, 14)).toEqual({ entries: 0, snapshots: 0 });
});

test("stopped after any of its changes and begun again it ends the same", async () => {
  let limit = 0;
  for (let isStopped = true; isStopped; limit++) {
    const { records } = await leftGround();
    let count = 0;
    const stop = () => {
      if (count++ >= limit) throw new Error("stopped");
    };
    await redact(stopping(records, stop)).catch(() => undefined);
    isStopped = count > limit;
    await redact(records, 7);
    expect(await tellingRecords(records, secrets)).toEqual([]);
    expect((await verifyCatalog(records, "organisation")).damage).toEqual([]);
  }
  // Two entries, a snapshot, a segment, and how far it got.
  expect(limit).toBe(6);
});

function stopping(records: MemoryStore, stop: () => void): ObjectStore {
  return {
    ...records,
    put: async (...args) => {
      stop();
      return await records.put(...args);
    },
    delete: async (...args) => {
      stop();
      await records.delete(...args);
    },
  };
}
