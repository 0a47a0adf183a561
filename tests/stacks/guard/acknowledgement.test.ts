import { expect, test } from "vitest";
import { environments, type AcknowledgedChange } from "../../../environments/index.ts";
import { judge } from "../../../stacks/guard/acknowledgement.ts";
import { report } from "../../../stacks/guard/report.ts";
import type { DestructiveChange } from "../../../stacks/guard/destructive-change.ts";

const address = "google_storage_bucket.data_media_bucket_E0922FA2";
const lost: DestructiveChange = {
  address,
  change: "replaced",
  because: ["location"],
  loses: "objects and their versions",
};
const topic: DestructiveChange = { address: "google_pubsub_topic.events", change: "destroyed", because: [] };
const meant: AcknowledgedChange = {
  environment: "staging",
  address,
  reason: "Staging moves to Finland; its photos are test data.",
  until: "2027-01-31",
};
const { dev, staging } = environments;
const today = "2027-01-31";

test("an acknowledgement of the very address in the very environment counts to its last day", () => {
  expect(judge([lost], [meant], staging, today)).toEqual([{ ...lost, acknowledged: meant.reason }]);
});

test.each([
  ["another address", { ...meant, address: "google_storage_bucket.other" }],
  ["another environment", { ...meant, environment: "production" as const }],
])("an acknowledgement of %s does not count", (_name, entry) => {
  expect(judge([lost], [entry], staging, today)).toEqual([lost]);
});

test("a plan of none of our projects is acknowledged by nothing", () => {
  expect(judge([lost], [meant], undefined, today)).toEqual([lost]);
});

test.each([
  [{ reason: "ok" }, 'its reason must have at least 20 characters, got "ok"'],
  [{ until: "soon" }, "'until' must be a day such as 2027-01-31, got 'soon'"],
  [{ until: "2027-13-45" }, "'until' must be a day such as 2027-01-31, got '2027-13-45'"],
  [{ until: "2027-01-30" }, "it held until 2027-01-30, and today is 2027-01-31"],
])("an acknowledgement with %j does not count, and is told why", (fault, words) => {
  expect(judge([lost], [{ ...meant, ...fault }], staging, today)).toEqual([{ ...lost, refused: words }]);
});

test("an environment that is being left acknowledges all of its destruction", () => {
  const leaving = { ...dev, retire: true };
  expect(judge([lost, topic], [], leaving, today).map(({ acknowledged }) => acknowledged)).toEqual([
    "environments/dev.ts says retire: true",
    "environments/dev.ts says retire: true",
  ]);
});

test("the report is loud about data, says why, and gives the lines to add", () => {
  expect(report([lost, topic], "staging")).toBe(
    [
      "The plan of staging destroys or replaces 2 resources:",
      "",
      `DATA WOULD BE LOST: ${address} would be replaced, because location changes`,
      "  it holds objects and their versions, which no apply makes again",
      "",
      "google_pubsub_topic.events would be destroyed",
      "",
      "If that is meant, add to environments/acknowledged-changes.ts, each with its reason and its last day:",
      `  { environment: "staging", address: "${address}", reason: "…", until: "…" },`,
      '  { environment: "staging", address: "google_pubsub_topic.events", reason: "…", until: "…" },',
      "If it is not: a renamed construct id, name, location or region replaces a resource; take that back, or move",
      "the state first (construct.moveTo, terraform state mv). To leave an environment for good, set retire: true.",
    ].join("\n"),
  );
});

test("the report of acknowledged changes still names them", () => {
  const words = report([{ ...lost, acknowledged: meant.reason }], "staging");
  expect(words).toContain("DATA WOULD BE LOST");
  expect(words).toContain(`acknowledged: ${meant.reason}`);
  expect(words).toContain("All of it is acknowledged.");
});

test("the report suggests only what is not acknowledged yet", () => {
  const words = report(
    [
      { ...lost, acknowledged: meant.reason },
      { ...topic, refused: "it held until then" },
    ],
    "staging",
  );
  expect(words).toContain("its acknowledgement does not count: it held until then");
  expect(words).toContain('address: "google_pubsub_topic.events"');
  expect(words).not.toContain(`address: "${address}"`);
});

test("the report of another's plan says how to name the environment", () => {
  expect(report([topic], undefined)).toContain("--environment NAME");
});

test("nothing destroyed is said in one line", () => {
  expect(report([], "dev")).toBe("The plan destroys and replaces nothing.");
});
