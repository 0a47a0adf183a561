import type { Bucket } from "./bucket.ts";
import type { Faults } from "./instance.ts";
import { Life } from "./life.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/** What goes wrong in one run. */
export interface Weather extends Faults {
  /** Typical time between two crashes, in milliseconds. */
  readonly crash: number;
  /** Typical time between two copies that come to harm, in milliseconds; 0 for never. */
  readonly damage: number;
}

/** Some runs are calm, most are not. */
export function weatherOf(random: Random): Weather {
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
    crash: random.between(300, 3000),
    damage: strength === 0 ? 0 : random.pick([0, 300, 1000]),
  };
}

export const calm: Faults = {
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

/** Copies rot and vanish until the given time; that may cost time and nothing else. */
export async function rot(
  bucket: Bucket,
  timeline: Timeline,
  random: Random,
  typical: number,
  until: number,
): Promise<void> {
  if (typical === 0) return;
  const life = new Life(timeline, random);
  while (timeline.now < until) {
    await life.sleep(random.delay(typical));
    const copies = bucket.list("catalog/").filter(({ name }) => /\/(snapshots|segments)\//.test(name));
    if (copies.length === 0) continue;
    const { name } = random.pick(copies);
    const others = copies.filter(
      (other) => other.name !== name && isSnapshot(other.name) && bucket.isSound(other.name),
    );
    const other = others.length === 0 ? undefined : bucket.get(random.pick(others).name)?.bytes;
    harm(bucket, name, random, isSnapshot(name) ? other : undefined);
  }
}

function isSnapshot(name: string): boolean {
  return name.includes("/snapshots/");
}

/** @param stray bytes of another object of the same kind, that may come to lie there by mistake */
export function harm(bucket: Bucket, name: string, random: Random, stray?: Uint8Array): void {
  const bytes = Buffer.from(bucket.get(name)?.bytes ?? []);
  const dice = random.next();
  if (stray !== undefined && random.chance(0.4)) bucket.mistake(name, stray);
  else if (dice < 0.3 || bytes.length === 0) bucket.delete(name);
  else if (dice < 0.6) bucket.damage(name, bytes.subarray(0, random.whole(0, bytes.length - 1)));
  else {
    const at = random.whole(0, bytes.length - 1);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.whole(0, 7));
    bucket.damage(name, bytes);
  }
}
