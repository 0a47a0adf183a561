import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { walkLog } from "../../app/catalog/history/walk-log.ts";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { CloudObjectStore } from "../../app/storage/cloud-object-store.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import type { ObjectStore } from "../../app/storage/object-store.ts";
import { StorageStandIn, startStorageStandIn } from "../../local/google-apis/storage/storage-stand-in.ts";
import { type Contest, type Standing, contest } from "../simulation/fairness.ts";
import { removedCourtesies } from "../simulation/removed-courtesies.ts";
import { newKey, openCatalog, person, scratchFolder } from "./fixtures.ts";

const execute = promisify(execFile);

/** In a process of its own, with a courtesy taken out. */
async function contestWithout(name: string, given: Contest): Promise<Standing> {
  const main = join(import.meta.dirname, "../simulation/contest-main.ts");
  const { stdout } = await execute(process.execPath, [main, JSON.stringify(given), name]);
  return JSON.parse(stdout) as Standing;
}

/** In the simulated network, whose time is nobody's: what comes out is the same on every machine. */
describe("instances that write one person's log at once without a break", () => {
  test.each([
    ["three, and every message takes as long as every other", [5, 5, 5], true, 3, 0.8],
    ["three with one client each, in step", [5, 5, 5], true, 1, 0.8],
    ["three in a network that delays by chance", [5, 5, 5], false, 3, 0.7],
    ["three with ten clients each, far from the store", [25, 25, 25], false, 10, 0.6],
    ["six", [5, 5, 5, 5, 5, 5], false, 2, 0.6],
    ["three of which one is half as far again", [10, 10, 15], false, 3, 0.4],
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
        // Of others in a row, until who was unknown is let in.
        expect(Math.max(...mostOfOthers)).toBeLessThan(100);
      }
    },
  );

  test.each([
    ["one and another five times as far", [5, 25], true, 0.25, 2500],
    ["one and another ten times as far", [5, 50], true, 0.25, 2500],
    ["two and another ten times as far, in a network that delays by chance", [5, 5, 50], false, 0.1, 12_000],
    ["two and two others ten times as far", [5, 5, 50, 50], true, 0.05, 12_000],
  ])(
    "%s: each writes a good part of what it would write alone, and none gives up",
    async (_which, ways, isEven, leastOfAlone, mostMilliseconds) => {
      const both = { seed: 1, isEven, clients: 3, milliseconds: 15_000 };
      const { entries, errors, longest } = await contest({ ...both, ways });
      expect(errors).toEqual([]);
      for (const [index, way] of ways.entries()) {
        // One entry after the other, each put there and back again.
        const alone = both.milliseconds / (2 * way);
        expect(entries[index]).toBeGreaterThan(leastOfAlone * alone);
        expect(longest[index]).toBeLessThan(mostMilliseconds);
      }
    },
  );

  describe.each([
    ["as far from the store", [5, 5, 5], 800],
    ["ten times as far as another", [5, 50], 2500],
  ])("%s", (_which, ways, mostMilliseconds) => {
    const given = { seed: 2, ways, isEven: true, clients: 3, milliseconds: 6000 };

    test("nobody is kept waiting for long", async () => {
      const { longest } = await contest(given);
      expect(Math.max(...longest)).toBeLessThan(mostMilliseconds);
    });

    const courtesies = removedCourtesies.filter((one) => one.ways.join() === ways.join());
    test.each(courtesies.map(({ name }) => name))(
      "without the courtesy '%s' somebody is kept waiting for long",
      async (name) => {
        const { longest } = await contestWithout(name, given);
        expect(Math.max(...longest)).toBeGreaterThan(mostMilliseconds);
      },
    );
  });

  test("one that writes without a break is hardly slowed by another that writes now and then, and lets it in", async () => {
    const both = { seed: 1, ways: [5, 5], isEven: true, clients: 10, milliseconds: 8000 };
    const alone = await contest({ ...both, ways: [5] });
    const beside = await contest({ ...both, rests: [0, 1000] });
    expect(beside.errors).toEqual([]);
    expect(beside.acknowledged[0]).toBeGreaterThan(0.7 * (alone.acknowledged[0] ?? 0));
    expect(beside.acknowledged[1]).toBeGreaterThan(30);
    expect(beside.longest[1]).toBeLessThan(2000);
  });

  test("another that is ten times as far and writes now and then takes a quarter of the time at most", async () => {
    const { entries, errors, longest } = await contest({
      seed: 1,
      ways: [5, 50],
      rests: [0, 5000],
      isEven: true,
      clients: 1,
      milliseconds: 40_000,
    });
    expect(errors).toEqual([]);
    expect(entries[0]).toBeGreaterThan(0.75 * (40_000 / 10));
    expect(longest[1]).toBeLessThan(3000);
  });

  test("who is ten times as far is refused soon what cannot be done, though another writes without a break", async () => {
    const given = { seed: 1, ways: [5, 50], isEven: true, clients: 1, milliseconds: 5000, refusedAt: 1 };
    const { acknowledged, errors, longest } = await contest(given);
    expect(errors).toEqual([]);
    // Some round trips: it reads all that was written since the last time.
    expect(longest[1]).toBeLessThan(1000);
    expect(acknowledged[1]).toBeGreaterThan(5);
  });

  test("one alone writes as if there never were others", async () => {
    const alone = { seed: 1, isEven: true, milliseconds: 20_000 };
    const { entries } = await contest({ ...alone, ways: [5], clients: 1 });
    // A put takes ten milliseconds; the first finds nothing to write to.
    expect(entries[0]).toBeGreaterThan(0.99 * (alone.milliseconds / 10));
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
      // Long enough for several notes: they are looked for at most twice a second.
      const wanted = 1500;
      let count = 0;
      const catalogs = await Promise.all(
        writers.map(async (writer) => ({
          writer,
          catalog: await openCatalog(scratchFolder(), { records, writer }),
        })),
      );
      const write = async ({ writer, catalog }: (typeof catalogs)[number]) => {
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
      await Promise.all(catalogs.map(write));
      const entries = new Map<string, number>();
      for await (const step of walkLog(records, person, personModel)) {
        if ("entry" in step) entries.set(step.entry.by, (entries.get(step.entry.by) ?? 0) + 1);
      }
      const whole = [...entries.values()].reduce((sum, one) => sum + one, 0);
      for (const writer of writers) expect((entries.get(writer) ?? 0) / whole).toBeGreaterThan(0.1);
    },
    60_000,
  );
});
