import { personModel } from "../../app/catalog/person/person-model.ts";
import { MemoryEngine } from "./memory-view.ts";
import { type Outcome, simulate } from "./simulation.ts";
import type { RealEngine } from "./simulated-views.ts";

export interface Tally {
  seeds: number;
  entries: number;
  acknowledged: number;
  crashes: number;
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
  const tally: Tally = { seeds: 0, entries: 0, acknowledged: 0, crashes: 0, failed: [] };
  for (let seed = first; seed < first + count && tally.failed.length < mostFailures; seed++) {
    const outcome = await simulate(seed, engine);
    tally.seeds++;
    tally.entries += outcome.entries;
    tally.acknowledged += outcome.acknowledged;
    tally.crashes += outcome.crashes;
    if (outcome.faults.length > 0) tally.failed.push(outcome);
  }
  return tally;
}
