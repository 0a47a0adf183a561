import { crc32cOf } from "../../app/storage/crc32c.ts";
import { Bucket } from "./bucket.ts";
import { findFaults } from "./checks.ts";
import { Client } from "./client.ts";
import { History } from "./history.ts";
import { type Faults, Instance, type World } from "./instance.ts";
import { Life } from "./life.ts";
import { Random } from "./random.ts";
import type { RealEngine } from "./simulated-views.ts";
import { Timeline } from "./timeline.ts";

const mostEvents = 200_000;
/** After this long nothing that was sent is still on its way. */
const settlingMilliseconds = 8000;

const calm: Faults = {
  lostRequest: 0,
  lostAnswer: 0,
  late: 0,
  duplicated: 0,
  refused: 0,
  failedRead: 0,
  slow: 0,
  failed: 0,
  pause: 0,
};

export interface Outcome {
  readonly seed: number;
  /** What went wrong; none when all is well. */
  readonly faults: readonly string[];
  readonly entries: number;
  readonly acknowledged: number;
  readonly crashes: number;
  /** Of the whole history and the bucket: the same for the same seed. */
  readonly fingerprint: string;
}

/** One run: a few instances, people and clients in a bad network, and then the truth about what they were told. */
export async function simulate(seed: number, engine: RealEngine): Promise<Outcome> {
  const random = new Random(seed);
  const timeline = new Timeline();
  const bucket = new Bucket(() => timeline.elapsed());
  const storm = stormOf(random);
  let faults = storm;
  const world: World = { timeline, random, bucket, engine, faults: () => faults };
  const history = new History();
  const instances = Array.from(
    { length: random.whole(1, 4) },
    (_, index) =>
      new Instance(
        world,
        index + 1,
        random.chance(0.2) ? random.between(-60_000, 60_000) : random.between(-200, 200),
      ),
  );
  for (const instance of instances) instance.start();
  const owners = Array.from({ length: random.whole(1, 2) }, (_, index) => `person-${index + 1}`);
  const clients = Array.from({ length: random.whole(2, 5) }, (_, index) => {
    const owner = owners[index % owners.length] ?? "";
    return new Client(world, instances, history, owner, `client${index + 1}`);
  });
  let crashes = 0;
  let isOver = false;
  const duration = random.between(1500, 5000);

  const crashing = async () => {
    const life = new Life(timeline, random, 0);
    const typical = random.between(300, 3000);
    while (timeline.now < duration) {
      await life.sleep(random.delay(typical));
      const instance = random.pick(instances);
      if (timeline.now >= duration || !instance.isRunning) continue;
      instance.crash();
      crashes++;
      await life.sleep(random.delay(100));
      instance.start();
    }
  };

  const story = async () => {
    await Promise.all([...clients.map((client) => client.work(duration)), crashing()]);
    faults = calm;
    const life = new Life(timeline, random, 0);
    await life.sleep(settlingMilliseconds);
    for (const owner of owners) {
      const last = new Client(world, instances, history, owner, `last-of-${owner}`);
      for (const instance of instances) {
        const order = last.newCommand({
          kind: "see-sign-in",
          email: `${instance.number}@example.org`,
          name: null,
        });
        await last.send(order, instance);
        if (order.attempts.at(-1)?.told.kind !== "done")
          broken.push(`instance ${instance.number} does not take commands of ${owner} any more`);
      }
      for (const instance of instances) {
        await last.look(instance, 0);
        const seen = history.looks.at(-1)?.seen;
        if (seen === undefined || "error" in seen)
          broken.push(`instance ${instance.number} does not answer ${owner} any more`);
      }
    }
  };
  const broken: string[] = [];
  const telling = story().then(() => {
    isOver = true;
  });
  try {
    await timeline.run(() => isOver, mostEvents);
    if (isOver) await telling;
    else broken.push("nothing happens any more, and not everyone has an answer");
  } catch (error) {
    broken.push(
      `the simulation broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
  for (const instance of instances) instance.crash();
  await timeline.run(() => true, 0);
  for (const owner of owners) {
    try {
      broken.push(...(await findFaults(owner, history, bucket)));
    } catch (error) {
      broken.push(`the log of ${owner}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const entries = bucket.list("catalog/");
  return {
    seed,
    faults: broken,
    entries: entries.length,
    acknowledged: history.orders
      .flatMap(({ attempts }) => attempts)
      .filter(({ told }) => told.kind === "done").length,
    crashes,
    fingerprint: fingerprintOf(history, bucket),
  };
}

/** Some runs are calm, most are not. */
function stormOf(random: Random): Faults {
  const strength = random.chance(0.15) ? 0 : random.pick([0.3, 1, 1, 2.5]);
  return {
    lostRequest: 0.02 * strength,
    lostAnswer: 0.05 * strength,
    late: 0.03 * strength,
    duplicated: 0.05 * strength,
    refused: 0.02 * strength,
    failedRead: 0.02 * strength,
    slow: random.pick([0, 0.02, 0.2]),
    failed: 0.005 * strength,
    pause: random.pick([0, 0.1, 0.4]),
  };
}

function fingerprintOf(history: History, bucket: Bucket): string {
  const checksums = bucket.list("").map(({ name, crc32c }) => `${name} ${crc32c}`);
  return crc32cOf(Buffer.from(JSON.stringify([history, checksums])));
}
