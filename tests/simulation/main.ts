import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { removedRules } from "./removed-rules.ts";
import { type Tally, tallyOf } from "./run-seeds.ts";
import { doneByProcesses } from "./seed-processes.ts";
import type { Outcome } from "./simulation.ts";

const usage = `npm run simulate -- [options]

  --seeds N          how many runs (default 100)
  --first-seed S     the first one's seed, the others follow (default 1)
  --on memory|duckdb what views are made of (default memory)
  --without TEXT     take out the rules whose names contain the text, each by itself; --without "" takes out every one
  --jobs N           processes that share the work (default one for each core); what is printed is the same
  --json             one JSON object a line

A seed reproduces its run exactly: --seeds 1 --first-seed S.`;

/** Seeds that a process is given at once: so few that all have enough to do. */
const share = { memory: 25, duckdb: 2 } as const;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    "first-seed": { type: "string", default: "1" },
    on: { type: "string", default: "memory" },
    without: { type: "string" },
    jobs: { type: "string", default: String(availableParallelism()) },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const first = wholeNumber("first-seed", values["first-seed"]);
const count = wholeNumber("seeds", values.seeds);
const jobs = wholeNumber("jobs", values.jobs, 1);

if (values.help) console.log(usage);
else if (values.without !== undefined) await runWithout(values.without);
else if (values.on === "duckdb") report("all rules, on DuckDB", await tallyOf(outcomesOn("duckdb")));
else if (values.on === "memory") report("all rules", await tallyOf(outcomesOn("memory")));
else throw new Error(`--on must be memory or duckdb, got '${values.on}'\n\n${usage}`);

function wholeNumber(name: string, text: string, least = 0): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`--${name} must be a whole number from ${least}, got '${text}'\n\n${usage}`);
}

async function* outcomesOn(on: "memory" | "duckdb"): AsyncGenerator<Outcome> {
  const shares = Array.from({ length: Math.ceil(count / share[on]) }, (_, index) => {
    const done = index * share[on];
    return { on, first: first + done, count: Math.min(share[on], count - done) };
  });
  for await (const done of doneByProcesses(shares, jobs)) if ("outcomes" in done) yield* done.outcomes;
}

async function runWithout(text: string): Promise<void> {
  const names = removedRules.map(({ name }) => name).filter((name) => name.includes(text));
  if (names.length === 0) throw new Error(`no rule's name contains '${text}'`);
  const shares = names.map((without) => ({ on: "memory", first, count, without }) as const);
  let index = 0;
  for await (const done of doneByProcesses(shares, jobs)) {
    if ("tally" in done) report(`without ${names[index++] ?? ""}`, done.tally, true);
  }
}

function report(what: string, tally: Tally, expectsFault = false): void {
  const isAsExpected = tally.failed.length > 0 === expectsFault;
  if (!isAsExpected) process.exitCode = 1;
  if (values.json) {
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
