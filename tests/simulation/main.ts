import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { edited } from "./edited-sources.ts";
import { removableOf } from "./removable.ts";
import { type Story, type StoryOutcome, type Tally, tallyOf } from "./run-seeds.ts";
import { doneByProcesses } from "./seed-processes.ts";

const usage = `npm run simulate -- [options]

  --seeds N          how many runs (default 100)
  --first-seed S     the first one's seed, the others follow (default 1)
  --story catalog|accounts  catalogs of people and of the organisation (default), or how accounts end and begin anew
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
    story: { type: "string", default: "catalog" },
    on: { type: "string", default: "memory" },
    without: { type: "string" },
    jobs: { type: "string", default: String(availableParallelism()) },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const first = wholeNumber("first-seed", values["first-seed"]);
const count = wholeNumber("seeds", values.seeds);
const story = storyNamed(values.story);
const jobs = wholeNumber("jobs", values.jobs, 1);

if (values.help) console.log(usage);
else if (values.without !== undefined) await runWithout(values.without);
else if (values.on === "duckdb" && story === "catalog")
  report("all rules, on DuckDB", await tallyOf(outcomesOn("duckdb")));
else if (values.on === "memory") report("all rules", await tallyOf(outcomesOn("memory")));
else throw new Error(`--on must be memory, or duckdb for catalogs, got '${values.on}'\n\n${usage}`);

function storyNamed(text: string): Story {
  if (text === "catalog" || text === "accounts") return text;
  throw new Error(`--story must be catalog or accounts, got '${text}'\n\n${usage}`);
}

function wholeNumber(name: string, text: string, least = 0): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`--${name} must be a whole number from ${least}, got '${text}'\n\n${usage}`);
}

async function* outcomesOn(on: "memory" | "duckdb"): AsyncGenerator<StoryOutcome> {
  const shares = Array.from({ length: Math.ceil(count / share[on]) }, (_, index) => {
    const done = index * share[on];
    return { story, on, first: first + done, count: Math.min(share[on], count - done) };
  });
  for await (const done of doneByProcesses(shares, jobs)) if ("outcomes" in done) yield* done.outcomes;
}

async function runWithout(text: string): Promise<void> {
  const rules = removableOf[story].filter(({ name }) => name.includes(text));
  if (rules.length === 0) throw new Error(`no rule's name contains '${text}'`);
  // One whose lines have moved is told before minutes are spent on the others.
  for (const { edits } of rules) for (const { file } of edits) edited(edits, file);
  const shares = rules.map(({ name }) => ({ story, on: "memory", first, count, without: name }) as const);
  let index = 0;
  for await (const done of doneByProcesses(shares, jobs)) {
    if ("tally" in done) report(`without ${rules[index++]?.name ?? ""}`, done.tally, true);
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
