import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { edited } from "./edited-sources.ts";
import { laterReleases } from "./later-releases.ts";
import { removedCourtesies } from "./removed-courtesies.ts";
import { removableOf } from "./removable.ts";

const execute = promisify(execFile);

interface Line {
  readonly what: string;
  readonly isAsExpected: boolean;
  readonly seeds: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly fingerprints: readonly string[];
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
  expect(line?.counts["acknowledged"]).toBeGreaterThan(20_000);
  expect(line?.counts["crashes"]).toBeGreaterThan(2000);
  expect(line?.counts["restored"]).toBeGreaterThan(2000);
  expect(line?.counts["skippedSnapshots"]).toBeGreaterThan(500);
  expect(line?.counts["discardedViews"]).toBeGreaterThan(500);
  expect(line?.counts["segments"]).toBeGreaterThan(1000);
  expect(line?.counts["leftOut"]).toBeGreaterThan(100);
  expect(line?.counts["redacted"]).toBeGreaterThan(500);
  expect(line?.counts["undone"]).toBeGreaterThan(200);
  expect(line?.counts["closed"]).toBeGreaterThan(20);
  expect(line?.counts["ofLaterReleases"]).toBeGreaterThan(5000);
  expect(line?.counts["shared"]).toBeGreaterThan(5000);
  expect(line?.counts["expired"]).toBeGreaterThan(40);
  expect(line?.counts["unreadable"]).toBeGreaterThan(1000);
});

test("50 seeds on DuckDB lose, double and reorder nothing", { timeout: patience }, async () => {
  const [line] = await runMain("--seeds", "50", "--on", "duckdb");
  expect(line?.failed).toEqual([]);
  expect(line?.seeds).toBe(50);
  expect(line?.counts["acknowledged"]).toBeGreaterThan(500);
  expect(line?.counts["restored"]).toBeGreaterThan(100);
});

test("a seed reproduces its run exactly, alone and among others, and another one is another run", async () => {
  const series = ["--seeds", "10", "--first-seed", "63"];
  const alone = ["--seeds", "1", "--first-seed", "70"];
  const lines = await Promise.all([runMain(...series), runMain(...series), runMain(...alone)]);
  const [once, again, seventy] = lines.flat();
  expect(once?.fingerprints).toHaveLength(10);
  expect(again).toEqual(once);
  expect(seventy?.fingerprints).toEqual([once?.fingerprints[7]]);
  expect(new Set(once?.fingerprints).size).toBe(10);
});

test("a seed reproduces its run on DuckDB as well", { timeout: patience }, async () => {
  const series = ["--seeds", "3", "--first-seed", "63", "--on", "duckdb"];
  const [once, again] = (await Promise.all([runMain(...series), runMain(...series)])).flat();
  expect(once?.fingerprints).toHaveLength(3);
  expect(again).toEqual(once);
});

test(
  "500 seeds of accounts lose nobody's photos and leave nothing of who is gone",
  { timeout: patience },
  async () => {
    const [line] = await runMain("--story", "accounts", "--seeds", "500");
    expect(line?.failed).toEqual([]);
    expect(line?.seeds).toBe(500);
    expect(line?.counts["photos"]).toBeGreaterThan(5000);
    expect(line?.counts["closed"]).toBeGreaterThan(1000);
    expect(line?.counts["deleted"]).toBeGreaterThan(5000);
    expect(line?.counts["crashes"]).toBeGreaterThan(1000);
    expect(line?.counts["slept"]).toBeGreaterThan(1000);
    expect(line?.counts["segments"]).toBeGreaterThan(500);
  },
);

test("a seed reproduces its run of accounts as well", async () => {
  const series = ["--story", "accounts", "--seeds", "5", "--first-seed", "63"];
  const [once, again] = (await Promise.all([runMain(...series), runMain(...series)])).flat();
  expect(once?.fingerprints).toHaveLength(5);
  expect(again).toEqual(once);
});

describe.each([
  { story: "catalog", seeds: "4000" },
  { story: "accounts", seeds: "1000" },
] as const)("without a rule the simulation of $story fails", ({ story, seeds }) => {
  let lines: Line[] = [];

  beforeAll(async () => {
    lines = await runMain("--story", story, "--seeds", seeds, "--without", "");
  }, patience);

  test.each(removableOf[story].map(({ name }) => name))("%s", (name) => {
    const line = lines.find(({ what }) => what === `without ${name}`);
    const faults = line?.failed[0]?.faults ?? [];
    expect(faults).not.toEqual([]);
    // The code with the rule taken out must still be code.
    expect(faults.filter((fault) => /\b(?:Reference|Syntax|Type)Error\b/.test(fault))).toEqual([]);
  });
});

test.each([...removableOf.catalog, ...removableOf.accounts, ...removedCourtesies, ...laterReleases])(
  "the lines that '$name' changes are where the simulation looks for them",
  ({ edits }) => {
    for (const { file } of edits) expect(edited(edits, file)).toBeTypeOf("string");
  },
);
