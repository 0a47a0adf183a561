import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OptionError, readOptions } from "./options.ts";

test("what is not said is a hundred seeds of the catalogs, in memory, with all rules", () => {
  expect(readOptions([])).toEqual({
    seeds: 100,
    firstSeed: 1,
    story: "catalog",
    on: "memory",
    jobs: expect.any(Number),
    isJson: false,
  });
  expect(readOptions(["--help"])).toBeUndefined();
});

test("rules are taken out by what their names contain", () => {
  const without = readOptions(["--without", "the slot decides"])?.without;
  expect(without?.map(({ name }) => name)).toEqual(["1: the slot decides"]);
  expect(readOptions(["--without", ""])?.without?.length).toBeGreaterThan(20);
});

test.each([
  [["--seeds", "0"], "--seeds must be a whole number from 1 to 10000000, got '0'"],
  [["--seeds", ""], "got ''"],
  [["--seeds", "1e3"], "got '1e3'"],
  [["--seeds", "99999999999"], "got '99999999999'"],
  [["--first-seed", "-1"], "--first-seed"],
  [["--first-seed=1.5"], "got '1.5'"],
  [["--jobs", "0"], "--jobs must be a whole number from 1"],
  [["--story", "photos"], "--story must be catalog or accounts, got 'photos'"],
  [["--on", "paper"], "--on must be memory or duckdb, got 'paper'"],
  [["--on", "duckdb", "--story", "accounts"], "simulated in memory"],
  [["--on", "duckdb", "--without", ""], "simulated in memory"],
  [["--without", "no such rule"], "no rule of catalog has 'no such rule' in its name"],
  [["--sedes", "5"], "--sedes"],
  [["5"], "5"],
])("%j is refused with what is expected", (words, message) => {
  expect(() => readOptions(words)).toThrow(OptionError);
  expect(() => readOptions(words)).toThrow(message);
});

const aContest = JSON.stringify({ seed: 1, ways: [5], isEven: true, clients: 1, milliseconds: 1 });

test.each([
  ["main.ts", ["--seeds", "0"], /^--seeds must be .*got '0'\n\nnpm run simulate/],
  ["contest-main.ts", [aContest, "no such"], /^no courtesy is named 'no such', but '/],
  ["contest-main.ts", ["{"], /^a contest is a JSON object.*got '{'\n/],
  ["contest-main.ts", ["{}"], /^a contest is a JSON object.*got '{}'\n/],
])(
  "%s says what is wrong with %j and how it is used, without a stack, and ends with 2",
  (main, words, said) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, main), ...words],
      {
        encoding: "utf8",
      },
    );
    expect(stderr).toMatch(said);
    expect(stderr).not.toContain("    at ");
    expect([status, stdout]).toEqual([2, ""]);
  },
);
