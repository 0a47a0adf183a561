import { openDuckDbEngines } from "./duckdb-engines.ts";
import { loadWithout } from "./edited-sources.ts";
import { memoryEngines } from "./owners.ts";
import { removableOf } from "./removable.ts";
import { type Seeds, type Story, type StoryOutcome, type Tally, outcomesOf } from "./run-seeds.ts";

/** What one of the processes is given to do. */
export type Share = Seeds & {
  readonly story: Story;
  readonly on: "memory" | "duckdb";
  /** Its name; the seeds are run until one fails. */
  readonly without?: string;
};

/** What it answers. */
export type Done = { readonly outcomes: readonly StoryOutcome[] } | { readonly tally: Tally };

let duckDb: Awaited<ReturnType<typeof openDuckDbEngines>> | undefined;

process.on("message", (share: Share) => void answer(share));
process.once("disconnect", () => void duckDb?.[Symbol.asyncDispose]());

async function answer(share: Share): Promise<void> {
  const done = await run(share);
  if (process.connected) process.send?.(done);
}

async function run({ on, without, ...what }: Share): Promise<Done> {
  if (without !== undefined) return { tally: await runWithout(without, what) };
  if (on === "duckdb") duckDb ??= await openDuckDbEngines();
  const outcomes: StoryOutcome[] = [];
  for await (const outcome of outcomesOf({ ...what, engines: duckDb?.engines ?? memoryEngines() }))
    outcomes.push(outcome);
  return { outcomes };
}

/** Here a fault is what is wanted: a rule whose absence nobody notices is not needed, or not checked. */
async function runWithout(name: string, what: Seeds & { readonly story: Story }): Promise<Tally> {
  const rule = removableOf[what.story].find((one) => one.name === name);
  if (rule === undefined) throw new Error(`no rule is called '${name}'`);
  const simulation = await loadWithout(rule);
  return await simulation.tallyOf(simulation.outcomesOf(what), 1);
}
