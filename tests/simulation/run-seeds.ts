import { loadRelease } from "./edited-sources.ts";
import { laterReleases } from "./later-releases.ts";
import { type Engines, memoryEngines } from "./owners.ts";
import { type Counts, type Outcome, noCounts, simulate } from "./simulation.ts";

export interface Tally {
  seeds: number;
  readonly counts: Counts;
  readonly failed: Outcome[];
  /** Of each run, in the order of the seeds. */
  readonly fingerprints: string[];
}

/** Seeds that follow each other. */
export interface Seeds {
  readonly first: number;
  readonly count: number;
}

export interface RunOptions extends Seeds {
  /** Ends after so many failed seeds. @default 3 */
  readonly mostFailures?: number;
  /** @default in memory */
  readonly engines?: Engines;
}

export async function runSeeds({ mostFailures, engines, ...seeds }: RunOptions): Promise<Tally> {
  return await tallyOf(outcomesOf(seeds, engines), mostFailures);
}

/** One after the other. */
export async function* outcomesOf(
  { first, count }: Seeds,
  engines: Engines = memoryEngines(),
): AsyncGenerator<Outcome> {
  const releases = await Promise.all([0, ...laterReleases.map((_, index) => index + 1)].map(loadRelease));
  for (let seed = first; seed < first + count; seed++) yield await simulate(seed, engines, releases);
}

/** @param outcomes in the order of their seeds; no more are asked for after so many failed ones */
export async function tallyOf(outcomes: AsyncIterable<Outcome>, mostFailures = 3): Promise<Tally> {
  const tally: Tally = { seeds: 0, counts: noCounts(), failed: [], fingerprints: [] };
  for await (const outcome of outcomes) {
    tally.seeds++;
    tally.fingerprints.push(outcome.fingerprint);
    add(tally.counts, outcome.counts);
    if (outcome.faults.length > 0) tally.failed.push(outcome);
    if (tally.failed.length >= mostFailures) break;
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
  sum.shared += counts.shared;
  sum.expired += counts.expired;
  sum.ofLaterReleases += counts.ofLaterReleases;
  sum.unreadable += counts.unreadable;
}
