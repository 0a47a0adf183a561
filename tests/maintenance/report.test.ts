import { expect, test } from "vitest";
import { type Finding, Findings, formatReport, type TaskReport } from "../../app/maintenance/report.ts";

const finding: Finding = { kind: "due-photo", subject: "p1", userId: "u1", outcome: "mended" };
const left: Finding = {
  kind: "upload-fault",
  subject: "temp/uploads/u/1",
  outcome: "left",
  detail: "no picture",
};
const report: TaskReport = {
  task: "purge",
  isDryRun: false,
  seconds: 1.26,
  figures: { purged_photos: 1, freed_bytes: 1_234_567 },
  findings: [finding, left],
  findingsLeftOut: 0,
  failure: undefined,
};

test("a report is for people to read", () => {
  expect(
    formatReport([report, { ...report, isDryRun: true, figures: {}, failure: "store away" }], "text"),
  ).toBe(
    `purge (1.3 s)
  purged photos  1
  freed bytes    1,234,567
  - due-photo: p1, mended
  - upload-fault: temp/uploads/u/1, left: no picture

purge, a dry run: nothing was changed (1.3 s)
  FAILED: store away
  - due-photo: p1, would be mended
  - upload-fault: temp/uploads/u/1, left: no picture
`,
  );
});

test("or one line of JSON, with whose it is and nothing that is only for the log", () => {
  const text = formatReport([{ ...report, findings: [{ ...left, error: new Error("secret") }] }], "json");
  expect(JSON.parse(text)).toEqual({
    version: 1,
    tasks: [
      {
        task: "purge",
        dry_run: false,
        seconds: 1.26,
        failure: null,
        figures: { purged_photos: 1, freed_bytes: 1_234_567 },
        findings: [
          {
            kind: "upload-fault",
            subject: left.subject,
            user_id: null,
            outcome: "left",
            detail: "no picture",
          },
        ],
        findings_left_out: 0,
      },
    ],
  });
});

test("a thousand findings are kept and the rest counted", () => {
  const findings = new Findings();
  for (let index = 0; index < 1003; index += 1) findings.add({ ...finding, subject: `p${index}` });
  expect(findings.kept.map(({ subject }) => subject).at(-1)).toBe("p999");
  expect(findings.leftOut).toBe(3);
  const text = formatReport(
    [{ ...report, findings: findings.kept, findingsLeftOut: findings.leftOut }],
    "text",
  );
  expect(text).toMatch(/\n {2}… and 3 more, which stand in the log\n$/);
});
