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

export interface RunOptions {
  readonly first: number;
  readonly count: number;
  /** Ends after so many failed seeds. @default 3 */
  readonly mostFailures?: number;
  /** @default in memory */
  readonly engines?: Engines;
}

export async function runSeeds(options: RunOptions): Promise<Tally> {
  const { first, count, mostFailures = 3, engines = memoryEngines() } = options;
  const releases = await Promise.all([0, ...laterReleases.map((_, index) => index + 1)].map(loadRelease));
  const tally: Tally = { seeds: 0, counts: noCounts(), failed: [], fingerprints: [] };
  for (let seed = first; seed < first + count && tally.failed.length < mostFailures; seed++) {
    const outcome = await simulate(seed, engines, releases);
    tally.seeds++;
    tally.fingerprints.push(outcome.fingerprint);
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
  sum.shared += counts.shared;
  sum.expired += counts.expired;
  sum.ofLaterReleases += counts.ofLaterReleases;
  sum.unreadable += counts.unreadable;
}
