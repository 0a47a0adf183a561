export interface StepReport {
  readonly title: string;
  /** `skipped`: an earlier one failed. */
  readonly outcome: "passed" | "failed" | "skipped";
  readonly seconds: number;
  /** What was seen, or why it failed. */
  readonly said: string;
}

/** What a page looked like to the person. */
export interface Look {
  readonly title: string;
  readonly jpeg: Buffer;
}

export interface RehearsalReport {
  readonly environment: string;
  readonly version: string;
  readonly hasTerraform: boolean;
  /** The mistake that was made on purpose. @default none */
  readonly mistake?: string;
  readonly steps: readonly StepReport[];
  /** From the beginning to the end, preparation included; steps that go on side by side count once. */
  readonly seconds: number;
  readonly looks: readonly Look[];
  /** Resource types that were created, read back without drift and destroyed. */
  readonly types: readonly string[];
  /** What stays after everything is destroyed. */
  readonly left: readonly string[];
}

export const marks = { passed: "✓", failed: "✗", skipped: "–" } as const;

/** One step on a terminal; what it said is indented below. */
export function formatStep({ title, outcome, seconds, said }: StepReport): string {
  const head = `${marks[outcome]} ${title.padEnd(66)} ${seconds.toFixed(1).padStart(6)} s`;
  const below = said.split("\n").map((line) => `\n    ${line}`);
  return said === "" ? head : head + below.join("");
}

export function isPassed({ steps }: RehearsalReport): boolean {
  return steps.length > 0 && steps.every(({ outcome }) => outcome === "passed");
}
