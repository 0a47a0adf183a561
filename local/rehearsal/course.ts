import { formatStep, type StepReport } from "./report.ts";
import type { Stage } from "./stage.ts";
import type { Step } from "./steps/step.ts";

/** Courses that have nothing to do with one another: each goes on beside the others, on the same stage. */
export interface SideBySide {
  readonly sideBySide: readonly Course[];
}

/** What a rehearsal does with one stage, in order. */
export type Course = readonly (Step | SideBySide)[];

/** Every step of a course, in the order in which a report has them. */
export function stepsOf(course: Course): Step[] {
  return course.flatMap((part) => ("sideBySide" in part ? part.sideBySide.flatMap(stepsOf) : [part]));
}

/** All courses of one rehearsal: once a step of one failed, no further one begins anywhere. */
export class Walk {
  readonly #failure = new AbortController();

  /** Walks a course to its end, or until a step fails. @returns a report for each of its steps, in their order */
  async walk(course: Course, stage: Stage): Promise<StepReport[]> {
    const reports: StepReport[] = [];
    for (const part of course) {
      if ("sideBySide" in part) {
        const walked = await Promise.all(part.sideBySide.map((steps) => this.walk(steps, stage)));
        reports.push(...walked.flat());
      } else {
        reports.push(this.#failure.signal.aborted ? notReached(part) : await this.#run(part, stage));
      }
    }
    return reports;
  }

  async #run(step: Step, stage: Stage): Promise<StepReport> {
    const { title, run, lacking } = step;
    const { signal } = this.#failure;
    const began = performance.now();
    const done = (outcome: StepReport["outcome"], said: string): StepReport => {
      const report = { title, outcome, seconds: (performance.now() - began) / 1000, said };
      console.log(formatStep(report));
      return report;
    };
    try {
      const lacked = lacking?.(stage);
      if (lacked !== undefined) return done("absent", `${stage.facts.environment} declares ${lacked}`);
      return done("passed", await run(stage, signal));
    } catch (error) {
      // It waited for what failed, and could not be seen.
      if (signal.aborted && error === signal.reason) return notReached(step);
      this.#failure.abort();
      return done("failed", error instanceof Error ? error.message : String(error));
    }
  }
}

function notReached({ title }: Step): StepReport {
  return { title, outcome: "skipped", seconds: 0, said: "" };
}
