import { openDuckDbEngines } from "./duckdb-engines.ts";
import { loadWithout } from "./edited-sources.ts";
import { memoryEngines } from "./owners.ts";
import { removedRules } from "./removed-rules.ts";
import { type Seeds, type Tally, outcomesOf } from "./run-seeds.ts";
import type { Outcome } from "./simulation.ts";

/** What one of the processes is given to do. */
export type Share = Seeds & {
  readonly on: "memory" | "duckdb";
  /** Its name; the seeds are run until one fails. */
  readonly without?: string;
};

/** What it answers. */
export type Done = { readonly outcomes: readonly Outcome[] } | { readonly tally: Tally };

let duckDb: Awaited<ReturnType<typeof openDuckDbEngines>> | undefined;

process.on("message", (share: Share) => void answer(share));
process.once("disconnect", () => void duckDb?.[Symbol.asyncDispose]());

async function answer(share: Share): Promise<void> {
  const done = await run(share);
  if (process.connected) process.send?.(done);
}

async function run({ on, without, ...seeds }: Share): Promise<Done> {
  if (without !== undefined) return { tally: await runWithout(without, seeds) };
  if (on === "duckdb") duckDb ??= await openDuckDbEngines();
  const outcomes: Outcome[] = [];
  for await (const outcome of outcomesOf(seeds, duckDb?.engines ?? memoryEngines())) outcomes.push(outcome);
  return { outcomes };
}

/** Here a fault is what is wanted: a rule whose absence nobody notices is not needed, or not checked. */
async function runWithout(name: string, seeds: Seeds): Promise<Tally> {
  const rule = removedRules.find((one) => one.name === name);
  if (rule === undefined) throw new Error(`no rule is called '${name}'`);
  const simulation = await loadWithout(rule);
  return await simulation.runSeeds({ ...seeds, mostFailures: 1 });
}
