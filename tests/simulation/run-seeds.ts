import { personModel } from "../../app/catalog/person/person-model.ts";
import { MemoryEngine } from "./memory-view.ts";
import { type Counts, type Outcome, noCounts, simulate } from "./simulation.ts";
import type { RealEngine } from "./simulated-views.ts";

export interface Tally {
  seeds: number;
  readonly counts: Counts;
  readonly failed: Outcome[];
}

export interface RunOptions {
  readonly first: number;
  readonly count: number;
  /** Ends after so many failed seeds. @default 3 */
  readonly mostFailures?: number;
  /** @default in memory */
  readonly engine?: RealEngine;
}

export async function runSeeds(options: RunOptions): Promise<Tally> {
  const { first, count, mostFailures = 3, engine = new MemoryEngine(personModel.tables) } = options;
  const tally: Tally = { seeds: 0, counts: noCounts(), failed: [] };
  for (let seed = first; seed < first + count && tally.failed.length < mostFailures; seed++) {
    const outcome = await simulate(seed, engine);
    tally.seeds++;
    add(tally.counts, outcome.counts);
    if (outcome.faults.length > 0) tally.failed.push(outcome);
  }
  return tally;
}

function add(sum: Counts, counts: Counts): void {
  sum.entries += counts.entries;
  sum.acknowledged += counts.acknowledged;
  sum.refused += counts.refused;
  sum.crashes += counts.crashes;
  sum.restored += counts.restored;
  sum.skippedSnapshots += counts.skippedSnapshots;
  sum.discardedViews += counts.discardedViews;
  sum.segments += counts.segments;
  sum.redacted += counts.redacted;
  sum.undone += counts.undone;
  sum.closed += counts.closed;
}
