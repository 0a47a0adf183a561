import { crc32cOf } from "../../app/storage/crc32c.ts";
import { Bucket } from "./bucket.ts";
import { countExpired, findFaults } from "./checks.ts";
import { Client } from "./client.ts";
import { clockOf } from "./clock.ts";
import { endWell } from "./ending.ts";
import { History, type Look } from "./history.ts";
import { Instance, type World } from "./instance.ts";
import { Life } from "./life.ts";
import { type Engines, organisation } from "./owners.ts";
import { Random } from "./random.ts";
import type { Release } from "./release.ts";
import { Timeline } from "./timeline.ts";
import { readLog } from "./reference.ts";
import { SimulatedUpkeep } from "./upkeep.ts";
import { findOldWriters } from "./writer-age.ts";
import { calm, rot, weatherOf } from "./weather.ts";

const mostEvents = 200_000;
/** After this long nothing that was sent is still on its way. */
const settlingMilliseconds = 8000;

export interface Outcome {
  readonly seed: number;
  /** What went wrong; none when all is well. */
  readonly faults: readonly string[];
  readonly counts: Counts;
  /** Of the whole history and the bucket: the same for the same seed. */
  readonly fingerprint: string;
}

/** How much of what a run had: a simulation in which something never happens proves nothing about it. */
export interface Counts {
  entries: number;
  acknowledged: number;
  refused: number;
  crashes: number;
  /** Views opened from a snapshot. */
  restored: number;
  skippedSnapshots: number;
  discardedViews: number;
  segments: number;
  /** Those of them that were left out for their size. */
  leftOut: number;
  /** Entries that were rewritten because of a purge. */
  redacted: number;
  undone: number;
  closed: number;
  /** Entries of the organisation's catalog. */
  shared: number;
  /** Keys that were used again after a day, and written again. */
  expired: number;
  /** Entries that a later release wrote. */
  ofLaterReleases: number;
  /** Commands that an earlier release refused because it could not read what is before them. */
  unreadable: number;
}

/**
 * Which releases are deployed in one run, by how many they come after this one. Of two that are further apart than one
 * the earlier must not serve what it cannot read, nor write above it.
 */
const deployments = [[0], [0], [0, 1], [1, 0], [0, 2], [0, 1, 2]] as const;

/** One run: a few instances, people and clients in a bad network, and then the truth about what they were told. */
export async function simulate(
  seed: number,
  engines: Engines,
  everyRelease: readonly Release[],
): Promise<Outcome> {
  const random = new Random(seed);
  const deployed = random.pick(deployments).flatMap((later) => everyRelease[later] ?? []);
  const newest = deployed
    .toSorted((one, other) => everyRelease.indexOf(one) - everyRelease.indexOf(other))
    .at(-1);
  if (newest === undefined) throw new RangeError("no release is deployed");
  const timeline = new Timeline();
  const bucket = new Bucket(() => timeline.elapsed());
  const weather = weatherOf(random);
  let faults = weather;
  const counts = noCounts();
  const world: World = {
    timeline,
    random,
    bucket,
    engines,
    faults: () => faults,
    counts,
    nights: random.chance(0.3) ? [random.between(500, 3000), random.between(1000, 5000)] : [],
    entryPuts: [],
    releases: deployed,
    newest,
    limits: {
      mostOpen: random.pick([1, 1000]),
      mostBytes: Number.POSITIVE_INFINITY,
      snapshotInterval: random.pick([3, 8, 1000]),
      snapshotOnClosing: 2,
      segmentLength: random.pick([4, 8]),
    },
  };
  const history = new History();
  const instances = Array.from({ length: random.whole(1, 4) }, (_, index) => {
    const usual = random.chance(0.2) ? random.between(-60_000, 60_000) : random.between(-200, 200);
    return new Instance(world, index + 1, clockOf(random, world.nights, usual, 5000));
  });
  for (const instance of instances) instance.start();
  const people = Array.from({ length: random.whole(1, 2) }, (_, index) => `person-${index + 1}`);
  const owners = random.chance(0.3) ? [organisation, ...people] : people;
  const clients = Array.from({ length: random.whole(2, 5) }, (_, index) => {
    const owner = owners[index % owners.length] ?? "";
    return new Client(world, instances, history, owner, `client${index + 1}`);
  });
  const upkeep = new SimulatedUpkeep(world, people);
  const until = random.between(1500, 5000);
  const found: string[] = [];

  const story = async () => {
    await Promise.all([
      ...clients.map((client) => client.work(until)),
      crashAndStart(world, instances, weather.crash, until),
      rot(bucket, timeline, random, weather.damage, until),
      upkeep.work(until),
    ]);
    faults = { ...weather, ...calm };
    await new Life(timeline, random).sleep(settlingMilliseconds);
    deployWhatReads(instances, everyRelease, newest);
    found.push(...(await endWell(world, instances, history, owners, upkeep)));
  };

  found.push(...(await run(timeline, story)));
  for (const instance of instances) instance.crash();
  await timeline.run(() => true, 0);
  found.push(...findOldWriters(world.entryPuts, world.nights, history));
  for (const owner of owners) {
    try {
      found.push(...(await findFaults(owner, history, bucket, newest)));
      counts.expired += countExpired(readLog(bucket, owner, newest));
    } catch (error) {
      found.push(`the log of ${owner}: ${String(error)}`);
    }
  }
  const told = history.orders.flatMap(({ attempts }) => attempts.map((attempt) => attempt.told.kind));
  counts.acknowledged = told.filter((kind) => kind === "done").length;
  counts.refused = told.filter((kind) => kind === "refused").length;
  counts.unreadable = told.filter((kind) => kind === "unreadable").length;
  const doneOf = (kind: string) =>
    history.orders.filter(
      ({ command, attempts }) =>
        command.kind === kind && attempts.some(({ told: one }) => one.kind === "done"),
    ).length;
  if (areNeighbours(deployed, everyRelease) && (counts.unreadable > 0 || history.looks.some(isUnreadable)))
    found.push("a release met what the next one wrote, and could not read it");
  counts.undone = doneOf("undo-entry");
  counts.closed = doneOf("close-account");
  counts.entries = bucket.list("catalog/").filter(({ name }) => name.includes("/log/")).length;
  counts.shared = bucket.list(`catalog/${organisation}/log/`).length;
  for (const { name } of bucket.list("catalog/").filter((object) => object.name.includes("/log/"))) {
    if (/^\{"version":[2-9]/.test(Buffer.from(bucket.get(name)?.bytes ?? []).toString()))
      counts.ofLaterReleases++;
  }
  const segments = bucket.list("catalog/").filter(({ name }) => name.includes("/segments/"));
  counts.segments = segments.length;
  counts.leftOut = segments.filter(({ name }) => bucket.isLeftOut(name)).length;
  return { seed, faults: found, counts, fingerprint: fingerprintOf(history, bucket) };
}

/** Whether none is further than one release from any other. */
function areNeighbours(deployed: readonly Release[], everyRelease: readonly Release[]): boolean {
  const places = deployed.map((release) => everyRelease.indexOf(release));
  return Math.max(...places) - Math.min(...places) <= 1;
}

function isUnreadable({ seen }: Look): boolean {
  return "error" in seen && seen.error === "newer-entry";
}

export function noCounts(): Counts {
  return {
    entries: 0,
    acknowledged: 0,
    refused: 0,
    crashes: 0,
    restored: 0,
    skippedSnapshots: 0,
    discardedViews: 0,
    segments: 0,
    leftOut: 0,
    redacted: 0,
    undone: 0,
    closed: 0,
    shared: 0,
    expired: 0,
    ofLaterReleases: 0,
    unreadable: 0,
  };
}

/** What the error says is to be done: instead of a release that cannot read what the newest wrote, that one again. */
function deployWhatReads(
  instances: readonly Instance[],
  everyRelease: readonly Release[],
  newest: Release,
): void {
  for (const instance of instances) {
    if (everyRelease.indexOf(newest) - everyRelease.indexOf(instance.release) < 2) continue;
    instance.crash();
    instance.start(newest);
  }
}

/** Lets the story happen; what kept it from its end. */
async function run(timeline: Timeline, story: () => Promise<void>): Promise<string[]> {
  let isOver = false;
  try {
    const telling = story().then(() => {
      isOver = true;
    });
    telling.catch(() => {
      isOver = true;
    });
    await timeline.run(() => isOver, mostEvents);
    if (!isOver) return ["nothing happens any more, and not everyone has an answer"];
    await telling;
    return [];
  } catch (error) {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return [`the simulation broke: ${trace}`];
  }
}

async function crashAndStart(
  { timeline, random, counts }: World,
  instances: readonly Instance[],
  typical: number,
  until: number,
): Promise<void> {
  const life = new Life(timeline, random);
  while (timeline.now < until) {
    await life.sleep(random.delay(typical));
    const instance = random.pick(instances);
    if (timeline.now >= until || !instance.isRunning) continue;
    instance.crash();
    counts.crashes++;
    await life.sleep(random.delay(100));
    instance.start();
  }
}

function fingerprintOf(history: History, bucket: Bucket): string {
  // DuckDB's files of the same rows differ: each has an identifier of its own.
  const checksums = bucket
    .list("")
    .map(({ name, crc32c }) => (name.includes("/snapshots/") ? name : `${name} ${crc32c}`));
  return crc32cOf(Buffer.from(JSON.stringify([history.orders, history.looks, checksums])));
}
