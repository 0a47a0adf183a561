import type { Finding } from "./report.ts";

/** What a task counted; names in snake_case, as they stand in the log. */
export type Figures = Readonly<Record<string, number>>;

/** How a task is run this time. */
export interface Upkeep {
  /** Counts what would be done and changes nothing. @default false */
  readonly isDryRun?: boolean;
  /** Told the figures so far, as often as the task likes. @default nobody is told */
  readonly progress?: (figures: Figures) => void;
  /** Told each thing that it did, would do, or left to a person. @default nobody is told */
  readonly note?: (finding: Finding) => void;
}

/** Passes on at most one report in each interval, so that a long task is seen to move and a short one says nothing. */
export function everySeconds(
  seconds: number,
  report: (figures: Figures) => void,
  now: () => number = () => performance.now(),
): (figures: Figures) => void {
  let reportedAt = now();
  return (figures) => {
    if (now() - reportedAt < seconds * 1000) return;
    reportedAt = now();
    report({ ...figures });
  };
}
