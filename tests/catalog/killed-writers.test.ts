import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { CloudObjectStore } from "../../app/storage/cloud-object-store.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import type { ObjectStore } from "../../app/storage/object-store.ts";
import { StorageStandIn, startStorageStandIn } from "../../local/google-apis/storage/storage-stand-in.ts";
import { Random } from "../simulation/random.ts";
import {
  fakeGcsServerHint,
  skipWithoutFakeGcsServer,
  startFakeGcsServer,
} from "../storage/fake-gcs-server.ts";
import { openCatalog, scratchFolder } from "./fixtures.ts";
import { judge } from "./killed-writers/judgement.ts";
import { liveAndDie, unresolvedOf } from "./killed-writers/lives.ts";
import { changeOf } from "./killed-writers/scripted-change.ts";

/** How long the writers go on on each store; without it, three lives each. */
const seconds = Number(process.env["KILL_TEST_SECONDS"] ?? 0);
const writers = 3;

/** The fewest changes that one writer was acknowledged, and everything that is wrong afterwards. */
async function killAndJudge(
  records: ObjectStore,
  place: { readonly kind: "disk" | "cloud"; readonly place: string },
): Promise<{ readonly fewest: number; readonly faults: readonly string[] }> {
  const folder = scratchFolder();
  const end = Date.now() + seconds * 1000;
  const isOver = (life: number) => life >= 3 && Date.now() >= end;
  const testimonies = await Promise.all(
    Array.from({ length: writers }, (_, writer) =>
      liveAndDie(place, join(folder, `cache-${writer}`), `w${writer}`, new Random(7 + writer), isOver),
    ),
  );
  const told = testimonies.flatMap(({ acknowledged }) => acknowledged.size);
  const lives = testimonies.reduce((sum, testimony) => sum + testimony.lives, 0);
  console.info(`${lives} lives on ${place.kind}: ${told.join(" + ")} changes acknowledged`);

  const catalog = await openCatalog(folder, { records });
  const acknowledged = new Map(testimonies.flatMap((testimony) => [...testimony.acknowledged]));
  for (const key of testimonies.flatMap(unresolvedOf)) {
    const { userId, command } = changeOf(key);
    const { sequence } = await catalog.execute(userId, command, { idempotencyKey: key });
    acknowledged.set(key, sequence);
  }
  await catalog.close();
  const reopened = await openCatalog(folder, { records });
  const contradictions = testimonies.flatMap((testimony) => testimony.contradictions);
  const faults = [...contradictions, ...(await judge(records, reopened, acknowledged))];
  return { fewest: Math.min(...told), faults };
}

async function onCloud(origin: string) {
  const records = new CloudObjectStore({ bucket: "records", apiEndpoint: origin });
  return await killAndJudge(records, { kind: "cloud", place: `${origin}/records` });
}

describe("three processes on one store, killed at random, lose nothing that they acknowledged and double nothing", () => {
  const timeout = 180_000 + seconds * 1000;

  test(
    "on a disk store",
    async () => {
      const place = join(scratchFolder(), "records");
      const { fewest, faults } = await killAndJudge(new DiskObjectStore(place), { kind: "disk", place });
      expect(faults).toEqual([]);
      expect(fewest).toBeGreaterThan(0);
    },
    timeout,
  );

  test.skipIf(skipWithoutFakeGcsServer)(
    `on fake-gcs-server (${fakeGcsServerHint})`,
    async () => {
      const server = await startFakeGcsServer();
      onTestFinished(() => server.close());
      await server.createBucket("records");
      const { fewest, faults } = await onCloud(server.origin);
      expect(faults).toEqual([]);
      expect(fewest).toBeGreaterThan(0);
    },
    timeout,
  );

  // What the emulator does wrong is not used here, so only in the long form.
  test.runIf(seconds > 0)(
    "on the stand-in that does what Google documents",
    async () => {
      const standIn = new StorageStandIn({ allows: () => true });
      standIn.createBucket("records");
      const server = await startStorageStandIn(standIn);
      onTestFinished(() => server.close());
      const { fewest, faults } = await onCloud(server.origin);
      expect(faults).toEqual([]);
      expect(fewest).toBeGreaterThan(0);
    },
    timeout,
  );
});
