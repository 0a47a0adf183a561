import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { walkLog } from "../../app/catalog/history/walk-log.ts";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { CloudObjectStore } from "../../app/storage/cloud-object-store.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import type { ObjectStore } from "../../app/storage/object-store.ts";
import { StorageStandIn, startStorageStandIn } from "../../local/google-apis/storage/storage-stand-in.ts";
import { contest } from "../simulation/fairness.ts";
import { newKey, openCatalog, person, scratchFolder } from "./fixtures.ts";

/** In the simulated network, whose time is nobody's: what comes out is the same on every machine. */
describe("instances that write one person's log at once without a break", () => {
  test.each([
    ["three, and every message takes as long as every other", [5, 5, 5], true, 3, 0.5],
    ["three with one client each, in step", [5, 5, 5], true, 1, 0.5],
    ["three in a network that delays by chance", [5, 5, 5], false, 3, 0.5],
    ["three with ten clients each, far from the store", [25, 25, 25], false, 10, 0.5],
    ["six", [5, 5, 5, 5, 5, 5], false, 2, 0.5],
    ["three of which one is half as far again", [10, 10, 15], false, 3, 0.25],
  ])(
    "%s: each has its share, and none gives up",
    async (_which, ways, isEven, clients, leastOfEqualShare) => {
      for (const seed of [1, 2]) {
        const milliseconds = (ways[0] ?? 0) * 1600;
        const { acknowledged, errors, mostOfOthers } = await contest({
          seed,
          ways,
          isEven,
          clients,
          milliseconds,
        });
        expect(errors).toEqual([]);
        const whole = acknowledged.reduce((sum, count) => sum + count, 0);
        expect(Math.min(...acknowledged)).toBeGreaterThan((leastOfEqualShare * whole) / ways.length);
        // Of others in a row, until a break that everyone makes now and then lets in who was unknown until then.
        expect(Math.max(...mostOfOthers)).toBeLessThan(150);
      }
    },
  );

  test("one that writes without a break is hardly slowed by another that writes now and then, and lets it in", async () => {
    const both = { seed: 1, ways: [5, 5], isEven: true, clients: 10, milliseconds: 8000 };
    const alone = await contest({ ...both, ways: [5] });
    const beside = await contest({ ...both, rests: [0, 1000] });
    expect(beside.errors).toEqual([]);
    expect(beside.acknowledged[0]).toBeGreaterThan(0.7 * (alone.acknowledged[0] ?? 0));
    expect(beside.acknowledged[1]).toBeGreaterThan(30);
    expect(beside.longest[1]).toBeLessThan(2000);
  });

  test("one alone loses little by the breaks that it makes for others who may come", async () => {
    const alone = { seed: 1, isEven: true, milliseconds: 20_000 };
    const { entries } = await contest({ ...alone, ways: [5], clients: 1 });
    // A put takes ten milliseconds.
    expect(entries[0]).toBeGreaterThan(0.9 * (alone.milliseconds / 10));
  });
});

describe("on real stores", () => {
  const standIn = new StorageStandIn({ allows: () => true });
  let server: Awaited<ReturnType<typeof startStorageStandIn>>;

  beforeAll(async () => {
    server = await startStorageStandIn(standIn);
    standIn.createBucket("fairness");
  });
  afterAll(() => server.close());

  const stores: readonly [string, () => ObjectStore][] = [
    ["a disk", () => new DiskObjectStore(join(scratchFolder(), "records"))],
    ["Cloud Storage", () => new CloudObjectStore({ bucket: "fairness", apiEndpoint: server.origin })],
  ];

  test.each(stores)(
    "three catalogs on %s each write their share, and none gives up",
    async (_which, open) => {
      const records = open();
      const writers = ["one", "two", "three"];
      const wanted = 150;
      let count = 0;
      const write = async (writer: string) => {
        const catalog = await openCatalog(scratchFolder(), { records, writer });
        const work = async () => {
          while (count < wanted) {
            const email = `${++count}@example.com`;
            await catalog.execute(
              person,
              { kind: "see-sign-in", email, name: writer },
              { idempotencyKey: newKey() },
            );
          }
        };
        await Promise.all([work(), work()]);
      };
      await Promise.all(writers.map(write));
      const entries = new Map<string, number>();
      for await (const step of walkLog(records, person, personModel)) {
        if ("entry" in step) entries.set(step.entry.by, (entries.get(step.entry.by) ?? 0) + 1);
      }
      const whole = [...entries.values()].reduce((sum, one) => sum + one, 0);
      for (const writer of writers) expect((entries.get(writer) ?? 0) / whole).toBeGreaterThan(0.1);
    },
  );
});
