import { edited } from "./edited-sources.ts";
import { OptionError, readOptions, type SimulationOptions, usage } from "./options.ts";
import type { RemovedRule } from "./removed-rule.ts";
import { type StoryOutcome, type Tally, tallyOf } from "./run-seeds.ts";
import { doneByProcesses } from "./seed-processes.ts";

/** Seeds that a process is given at once: so few that all have enough to do. */
const share = { memory: 25, duckdb: 2 } as const;

const options = optionsOrUsage();
if (options?.without !== undefined) await runWithout(options, options.without);
else if (options !== undefined) {
  const what = options.on === "duckdb" ? "all rules, on DuckDB" : "all rules";
  report(what, await tallyOf(outcomesOf(options)), options);
}

/** Undefined where nothing is to be run: help was asked for, or what there is not. */
function optionsOrUsage(): SimulationOptions | undefined {
  try {
    const asked = readOptions(process.argv.slice(2));
    if (asked === undefined) console.log(usage);
    return asked;
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    console.error(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
    return undefined;
  }
}

async function* outcomesOf({
  seeds,
  firstSeed,
  story,
  on,
  jobs,
}: SimulationOptions): AsyncGenerator<StoryOutcome> {
  const shares = Array.from({ length: Math.ceil(seeds / share[on]) }, (_, index) => {
    const done = index * share[on];
    return { story, on, first: firstSeed + done, count: Math.min(share[on], seeds - done) };
  });
  for await (const done of doneByProcesses(shares, jobs)) if ("outcomes" in done) yield* done.outcomes;
}

async function runWithout(asked: SimulationOptions, rules: readonly RemovedRule[]): Promise<void> {
  const { seeds: count, firstSeed: first, story, on, jobs } = asked;
  // One whose lines have moved is told before minutes are spent on the others.
  for (const { edits } of rules) for (const { file } of edits) edited(edits, file);
  const shares = rules.map(({ name }) => ({ story, on, first, count, without: name }));
  let index = 0;
  for await (const done of doneByProcesses(shares, jobs)) {
    if ("tally" in done) report(`without ${rules[index++]?.name ?? ""}`, done.tally, asked, true);
  }
}

function report(
  what: string,
  tally: Tally,
  { isJson }: Pick<SimulationOptions, "isJson">,
  expectsFault = false,
): void {
  const isAsExpected = tally.failed.length > 0 === expectsFault;
  if (!isAsExpected) process.exitCode = 1;
  if (isJson) {
    console.log(JSON.stringify({ what, isAsExpected, ...tally }));
    return;
  }
  const counts = Object.entries(tally.counts).map(([name, number]) => `${number} ${name}`);
  console.log(`${isAsExpected ? "ok  " : "FAIL"} ${what}: ${tally.seeds} seeds, ${counts.join(", ")}`);
  for (const { seed, faults } of tally.failed) {
    console.log(`     seed ${seed}: ${faults.length} faults`);
    for (const fault of faults.slice(0, expectsFault ? 1 : 5)) console.log(`       ${fault.slice(0, 600)}`);
  }
}
