import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { personModel } from "../../app/catalog/person/person-model.ts";
import { removeRule } from "./load-without.ts";
import { MemoryEngine } from "./memory-view.ts";
import { removedRules } from "./removed-rules.ts";
import { type Counts, simulate } from "./simulation.ts";

const execute = promisify(execFile);

interface Line {
  readonly what: string;
  readonly isAsExpected: boolean;
  readonly seeds: number;
  readonly counts: Counts;
  readonly failed: readonly { readonly seed: number; readonly faults: readonly string[] }[];
}

/** In a process of its own: natively read sources run several times as fast as vitest's. */
async function runMain(...args: string[]): Promise<Line[]> {
  const main = join(import.meta.dirname, "main.ts");
  const running = execute(process.execPath, [main, "--json", ...args], { maxBuffer: 2 ** 26 });
  const { stdout } = await running.catch((error: unknown) => {
    if (
      error instanceof Error &&
      "stdout" in error &&
      typeof error.stdout === "string" &&
      error.stdout !== ""
    ) {
      return { stdout: error.stdout };
    }
    throw error;
  });
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

const patience = 600_000;

test("2,000 seeds in memory lose, double and reorder nothing", { timeout: patience }, async () => {
  const [line] = await runMain("--seeds", "2000");
  expect(line?.failed).toEqual([]);
  expect(line?.seeds).toBe(2000);
  // A simulation in which something never happens proves nothing about it.
  expect(line?.counts.acknowledged).toBeGreaterThan(20_000);
  expect(line?.counts.crashes).toBeGreaterThan(2000);
  expect(line?.counts.restored).toBeGreaterThan(2000);
  expect(line?.counts.skippedSnapshots).toBeGreaterThan(500);
  expect(line?.counts.segments).toBeGreaterThan(1000);
  expect(line?.counts.redacted).toBeGreaterThan(500);
  expect(line?.counts.undone).toBeGreaterThan(200);
  expect(line?.counts.closed).toBeGreaterThan(20);
});

test("50 seeds on DuckDB lose, double and reorder nothing", { timeout: patience }, async () => {
  const [line] = await runMain("--seeds", "50", "--on", "duckdb");
  expect(line?.failed).toEqual([]);
  expect(line?.seeds).toBe(50);
  expect(line?.counts.acknowledged).toBeGreaterThan(500);
  expect(line?.counts.restored).toBeGreaterThan(100);
});

test("a seed reproduces its run exactly, and another one is another run", async () => {
  const engine = new MemoryEngine(personModel.tables);
  const once = await simulate(63, engine);
  const again = await simulate(63, engine);
  expect(again).toEqual(once);
  expect((await simulate(64, engine)).fingerprint).not.toBe(once.fingerprint);
});

describe("without a rule the simulation fails", () => {
  let lines: Line[] = [];

  beforeAll(async () => {
    lines = await runMain("--seeds", "4000", "--without", "");
  }, patience);

  test.each(removedRules.map(({ name }) => name))("%s", (name) => {
    const line = lines.find(({ what }) => what === `without ${name}`);
    expect(line?.failed[0]?.faults[0]).toBeTypeOf("string");
  });
});

test.each(removedRules)(
  "the lines that keep rule '$name' are where the simulation takes them out",
  (rule) => {
    for (const { file } of rule.edits) expect(removeRule(rule, file)).toBeTypeOf("string");
  },
);
