export interface StepReport {
  readonly title: string;
  /** `skipped`: an earlier one failed. `absent`: the environment does not declare what it looks at. */
  readonly outcome: "passed" | "failed" | "skipped" | "absent";
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
  /** What this process and those that it waited for took of the processors: on a busy machine the time says little. */
  readonly processorSeconds?: number;
  readonly looks: readonly Look[];
  /** Resource types that were created, read back without drift and destroyed. */
  readonly types: readonly string[];
  /** What stays after everything is destroyed. */
  readonly left: readonly string[];
}

export const marks = { passed: "✓", failed: "✗", skipped: "–", absent: "·" } as const;

/** What stands in the place of a time. */
export function timeOf({ outcome, seconds }: StepReport): string {
  if (outcome === "skipped") return "not reached";
  return outcome === "absent" ? "not declared here" : `${seconds.toFixed(1)} s`;
}

/** One step on a terminal; what it said is indented below. */
export function formatStep(step: StepReport): string {
  const { title, outcome, said } = step;
  const head = `${marks[outcome]} ${title.padEnd(66)} ${timeOf(step).padStart(8)}`;
  const below = said.split("\n").map((line) => `\n    ${line}`);
  return said === "" ? head : head + below.join("");
}

/** `135 s (101 s of processor time)` */
export function spent({ seconds, processorSeconds }: RehearsalReport): string {
  const all = `${seconds.toFixed(0)} s`;
  return processorSeconds === undefined ? all : `${all} (${processorSeconds.toFixed(0)} s of processor time)`;
}

/** Every step was reached and passed, but for what is not declared. */
export function isPassed({ steps }: RehearsalReport): boolean {
  const declared = steps.filter(({ outcome }) => outcome !== "absent");
  return declared.length > 0 && declared.every(({ outcome }) => outcome === "passed");
}
