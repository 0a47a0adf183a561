import type { History } from "./history.ts";

/** A put of an entry, by whom and when. */
export interface EntryPut {
  readonly instance: number;
  /** Time of the simulation. */
  readonly at: number;
  /** When the writer last asked for this slot or the one before, or put into them. */
  readonly lookedAt: number;
  readonly bytes: Uint8Array;
}

/**
 * Entries that were put after a night by who had not looked at the log since: objects of a log may be deleted a day after
 * its end, so no writer may be as old. What was asked for before the night may be under way still.
 */
export function findOldWriters(
  puts: readonly EntryPut[],
  nights: readonly number[],
  { orders }: History,
): string[] {
  const faults: string[] = [];
  for (const { instance, at, lookedAt, bytes } of puts) {
    const night = nights.find((time) => lookedAt < time && time <= at);
    if (night === undefined) continue;
    const keys = new Set(keysOf(bytes));
    const asked = orders.filter(({ key }) => keys.has(key)).flatMap(({ attempts }) => attempts);
    if (asked.some((attempt) => attempt.instance === instance && attempt.start <= night)) continue;
    faults.push(
      `instance ${instance} put ${[...keys].join(", ")} at ${at.toFixed(1)}, and had looked at ${lookedAt.toFixed(1)}, before the night of ${night.toFixed(1)}`,
    );
  }
  return faults;
}

function keysOf(bytes: Uint8Array): string[] {
  const entry = JSON.parse(Buffer.from(bytes).toString()) as {
    readonly commands: readonly { readonly idempotencyKey: string }[];
  };
  return entry.commands.map(({ idempotencyKey }) => idempotencyKey);
}
