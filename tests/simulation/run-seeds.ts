import { type AccountsOutcome, simulateAccounts } from "./accounts/simulate-accounts.ts";
import { loadRelease } from "./edited-sources.ts";
import { laterReleases } from "./later-releases.ts";
import { type Engines, memoryEngines } from "./owners.ts";
import { type Outcome, simulate } from "./simulation.ts";

/** What is simulated: the catalogs, or the accounts around them. */
export type Story = "catalog" | "accounts";

export type StoryOutcome = Outcome | AccountsOutcome;

export interface Tally {
  seeds: number;
  /** Sums, by what was counted. */
  readonly counts: Record<string, number>;
  readonly failed: StoryOutcome[];
  /** Of each run, in the order of the seeds. */
  readonly fingerprints: string[];
}

/** Seeds that follow each other. */
export interface Seeds {
  readonly first: number;
  readonly count: number;
}

export interface RunOptions extends Seeds {
  /** @default the catalogs */
  readonly story?: Story;
  /** @default in memory; accounts know nothing else */
  readonly engines?: Engines;
}

/** One after the other. */
export async function* outcomesOf({
  first,
  count,
  story = "catalog",
  engines = memoryEngines(),
}: RunOptions): AsyncGenerator<StoryOutcome> {
  const releases = await Promise.all([0, ...laterReleases.map((_, index) => index + 1)].map(loadRelease));
  for (let seed = first; seed < first + count; seed++) {
    yield story === "catalog" ? await simulate(seed, engines, releases) : await simulateAccounts(seed);
  }
}

/** @param outcomes in the order of their seeds; no more are asked for after so many failed ones */
export async function tallyOf(outcomes: AsyncIterable<StoryOutcome>, mostFailures = 3): Promise<Tally> {
  const tally: Tally = { seeds: 0, counts: {}, failed: [], fingerprints: [] };
  for await (const outcome of outcomes) {
    tally.seeds++;
    tally.fingerprints.push(outcome.fingerprint);
    for (const [name, count] of Object.entries(outcome.counts)) {
      tally.counts[name] = (tally.counts[name] ?? 0) + count;
    }
    if (outcome.faults.length > 0) tally.failed.push(outcome);
    if (tally.failed.length >= mostFailures) break;
  }
  return tally;
}
