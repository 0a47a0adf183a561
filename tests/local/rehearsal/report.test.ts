import { expect, test } from "vitest";
import { formatStep, isPassed, type RehearsalReport } from "../../../local/rehearsal/report.ts";
import { reportPage } from "../../../local/rehearsal/report-page.ts";

const passed = { title: "Deploy", outcome: "passed", seconds: 12.34, said: "3 added\n0 changed" } as const;
const failed = { title: "Look", outcome: "failed", seconds: 1, said: "502 for <a> & b" } as const;
const report: RehearsalReport = {
  environment: "dev",
  version: "abc",
  hasTerraform: true,
  steps: [passed, failed, { title: "Leave", outcome: "skipped", seconds: 0, said: "" }],
  seconds: 12.7,
  looks: [{ title: "Gallery", jpeg: Buffer.from("picture") }],
  types: ["google_storage_bucket"],
  left: ["an enabled API"],
};

test("a step on a terminal: mark, title, time, and what it said below", () => {
  expect(formatStep(passed)).toMatch(/^✓ Deploy +12\.3 s\n {4}3 added\n {4}0 changed$/);
  expect(formatStep({ ...passed, said: "" })).toMatch(/^✓ Deploy +12\.3 s$/);
});

test("a rehearsal passed only when every step was reached and passed", () => {
  expect(isPassed(report)).toBe(false);
  expect(isPassed({ ...report, steps: [passed] })).toBe(true);
  expect(isPassed({ ...report, steps: [passed, { ...passed, outcome: "skipped" }] })).toBe(false);
  expect(isPassed({ ...report, steps: [] })).toBe(false);
});

test("what an environment does not declare is neither passed nor failed, and takes no time", () => {
  const absent = { title: "Redis", outcome: "absent", seconds: 0, said: "dev declares no Redis" } as const;
  expect(isPassed({ ...report, steps: [passed, absent] })).toBe(true);
  expect(isPassed({ ...report, steps: [absent] })).toBe(false);
  expect(formatStep(absent)).toMatch(/^· Redis +not declared here\n {4}dev declares no Redis$/);
  const page = reportPage({ ...report, steps: [passed, absent] });
  expect(page).toContain("1 of 1 steps");
  expect(page).toContain('<li class="absent">');
  expect(page).toContain("not declared here");
});

test("the page says what failed and what was not reached, with what the person saw, and stands alone", () => {
  const page = reportPage(report);
  expect(page).toContain("<title>Rehearsal of dev: failed</title>");
  expect(page).toContain("<pre>502 for &lt;a&gt; &amp; b</pre>");
  expect(page).toContain("not reached");
  expect(page).toContain("2 of 3 steps in 13 s on one machine");
  expect(reportPage({ ...report, processorSeconds: 9.6 })).toContain("in 13 s (10 s of processor time) on");
  expect(page).toContain(`src="data:image/jpeg;base64,${Buffer.from("picture").toString("base64")}"`);
  expect(page).toContain("google_storage_bucket");
  expect(page).not.toMatch(/https?:\/\//);
  expect(reportPage({ ...report, mistake: "no grant" })).toContain("On purpose: no grant");
});
