import { expect, test } from "vitest";
import { readMaintenanceArguments } from "../../app/maintenance/maintenance-arguments.ts";
import { everySeconds } from "../../app/maintenance/upkeep.ts";

const read = (...words: string[]) => readMaintenanceArguments(words, ["sweep", "purge"]);

test("a task, a dry run and a report may be asked for, in any order, or none", () => {
  expect(read()).toEqual({ isDryRun: false });
  expect(read("purge")).toEqual({ task: "purge", isDryRun: false });
  expect(read("--dry-run")).toEqual({ isDryRun: true });
  expect(read("purge", "--dry-run")).toEqual({ task: "purge", isDryRun: true });
  expect(read("--dry-run", "purge")).toEqual({ task: "purge", isDryRun: true });
  expect(read("--report=json", "purge")).toEqual({ task: "purge", isDryRun: false, report: "json" });
  expect(read("--report=text", "--dry-run")).toEqual({ isDryRun: true, report: "text" });
});

test.each([
  { words: ["prune"], message: "There is no task 'prune'" },
  { words: ["purge", "sweep"], message: "One task at a time, got 2" },
  { words: ["purge", "--dryrun"], message: "There is no option '--dryrun'" },
  { words: ["--report=pdf"], message: "There is no option '--report=pdf'" },
  { words: [""], message: "There is no task ''" },
])("$words is refused with what is expected", ({ words, message }) => {
  expect(() => read(...words)).toThrow(
    `${message}: expected [TASK] [--dry-run] [--report=text|json] with one of sweep, purge as TASK`,
  );
});

test("progress is passed on once in each interval, as it was then", () => {
  let now = 0;
  const told: unknown[] = [];
  const figures = { photos: 0 };
  const progress = everySeconds(
    30,
    (one) => told.push(one),
    () => now,
  );
  for (now of [1000, 29_999, 30_000, 31_000, 60_000]) {
    figures.photos += 1;
    progress(figures);
  }
  expect(told).toEqual([{ photos: 3 }, { photos: 5 }]);
});
