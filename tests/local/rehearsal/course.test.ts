import { expect, test } from "vitest";
import { Walk } from "../../../local/rehearsal/course.ts";
import type { Stage } from "../../../local/rehearsal/stage.ts";
import type { Step } from "../../../local/rehearsal/steps/step.ts";

// No step here looks at its stage but for the environment's name.
const stage = { facts: { environment: "dev" } } as unknown as Stage;
const good: Step = { title: "good", run: () => Promise.resolve("seen") };
const bad: Step = { title: "bad", run: () => Promise.reject(new Error("broken")) };
const waiting: Step = {
  title: "waiting",
  run: (_stage, failed) =>
    new Promise((_resolve, reject) => {
      failed.addEventListener("abort", () => reject(failed.reason as Error), { once: true });
    }),
};

function outcomes(steps: readonly { readonly title: string; readonly outcome: string }[]): string[] {
  return steps.map(({ title, outcome }) => `${title}: ${outcome}`);
}

test("after a step that failed no further one begins, and whoever waits for it gives up", async () => {
  const reports = await new Walk().walk([good, { sideBySide: [[bad, good], [waiting]] }, good], stage);
  expect(outcomes(reports)).toEqual([
    "good: passed",
    "bad: failed",
    "good: skipped",
    "waiting: skipped",
    "good: skipped",
  ]);
});

test("what the environment does not declare is not walked, and what comes after it is", async () => {
  const absent: Step = { ...bad, title: "absent", lacking: () => "no Redis" };
  const reports = await new Walk().walk([absent, good], stage);
  expect(outcomes(reports)).toEqual(["absent: absent", "good: passed"]);
  expect(reports[0]?.said).toBe("dev declares no Redis");
});
