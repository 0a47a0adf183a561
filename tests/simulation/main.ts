import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Database } from "../../app/catalog/duckdb/database.ts";
import { DuckDbEngine } from "../../app/catalog/duckdb/duckdb-engine.ts";
import { organisationModel } from "../../app/catalog/organisation/organisation-model.ts";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { loadWithout } from "./edited-sources.ts";
import type { Tables } from "../../app/catalog/protocol/tables.ts";
import type { RealEngine } from "./simulated-views.ts";
import { removedRules } from "./removed-rules.ts";
import { type Tally, runSeeds } from "./run-seeds.ts";

const usage = `npm run simulate -- [options]

  --seeds N          how many runs (default 100)
  --first-seed S     the first one's seed, the others follow (default 1)
  --on memory|duckdb what views are made of (default memory)
  --without TEXT     take out the rules whose names contain the text, each by itself; --without "" takes out every one
  --json             one JSON object a line

A seed reproduces its run exactly: --seeds 1 --first-seed S.`;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    "first-seed": { type: "string", default: "1" },
    on: { type: "string", default: "memory" },
    without: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const first = wholeNumber("first-seed", values["first-seed"]);
const count = wholeNumber("seeds", values.seeds);

if (values.help) console.log(usage);
else if (values.without !== undefined) await runWithout(values.without);
else if (values.on === "duckdb") await runOnDuckDb();
else report("all rules", await runSeeds({ first, count }));

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new Error(`--${name} must be a whole number from 0, got '${text}'\n\n${usage}`);
}

async function runOnDuckDb(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "imgstream-simulation-"));
  const database = await Database.open(folder);
  const engines = {
    person: engineOn(database, personModel.tables),
    organisation: engineOn(database, organisationModel.tables),
  };
  report("all rules, on DuckDB", await runSeeds({ first, count, engines }));
  await database.close();
  await rm(folder, { recursive: true, force: true });
}

function engineOn(database: Database, tables: Tables): RealEngine {
  const views = new DuckDbEngine(database, tables);
  return {
    takesTime: true,
    format: views.format,
    create: () => views.create(),
    restore: (owner, bytes) => views.restore(owner, bytes),
    usedBytes: () => views.usedBytes(),
  };
}

/** Here a fault is what is wanted: a rule whose absence nobody notices is not needed, or not checked. */
async function runWithout(text: string): Promise<void> {
  const rules = removedRules.filter(({ name }) => name.includes(text));
  if (rules.length === 0) throw new Error(`no rule's name contains '${text}'`);
  for (const rule of rules) {
    const simulation = await loadWithout(rule);
    const tally = await simulation.runSeeds({ first, count, mostFailures: 1 });
    report(`without ${rule.name}`, tally, true);
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
