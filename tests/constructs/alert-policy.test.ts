import { expect, test } from "vitest";
import type { AlertCondition } from "../../constructs/alert-condition.ts";
import { AlertPolicy } from "../../constructs/alert-policy.ts";
import type { AlertPolicyProps } from "../../constructs/alert-policy.ts";
import { existingChannel } from "../../constructs/notification-channel.ts";
import { synthesiseConstruct } from "./synthesise-construct.ts";

const promql: AlertCondition = { kind: "promql", title: "too many", query: "vector(1) > 0" };
const logMatch: AlertCondition = { kind: "log-match", title: "said so", filter: "severity=ERROR" };

const props: AlertPolicyProps = {
  title: "Too many errors",
  urgency: "page",
  meaning: "People see errors.",
  runbook: "https://example.com/runbooks/errors.md",
  conditions: [promql],
  channels: [existingChannel("projects/p/notificationChannels/1")],
};

const burning = (lookbackMinutes: number): AlertCondition => ({
  kind: "burn-rate",
  title: "burns",
  objective: { sloName: "projects/1/services/s/serviceLevelObjectives/o" },
  lookbackMinutes,
  rate: 14.4,
});

function alert(changes: Partial<AlertPolicyProps> = {}) {
  return synthesiseConstruct(
    "google_monitoring_alert_policy",
    (stack) => new AlertPolicy(stack, "too-many", { ...props, ...changes }),
  );
}

test("an alert says how urgent it is, what it means, where the runbook is, and tells its channels", () => {
  expect(alert()).toMatchObject({
    display_name: "Too many errors",
    severity: "CRITICAL",
    combiner: "OR",
    notification_channels: ["projects/p/notificationChannels/1"],
    documentation: {
      content: "People see errors.",
      mime_type: "text/markdown",
      links: [{ display_name: "Runbook", url: "https://example.com/runbooks/errors.md" }],
    },
    alert_strategy: { auto_close: "3600s", notification_prompts: ["OPENED", "CLOSED"] },
    user_labels: { alert: "too-many", urgency: "page" },
  });
});

test.each([
  ["page", "CRITICAL"],
  ["urgent", "ERROR"],
  ["ticket", "WARNING"],
] as const)("what is %s has the severity %s", (urgency, severity) => {
  expect(alert({ urgency })).toMatchObject({ severity });
});

test("a PromQL condition does not insist on its metrics, and has a name that Prometheus takes", () => {
  const condition: AlertCondition = { ...promql, forMinutes: 5, everySeconds: 90 };
  expect(alert({ conditions: [condition] })).toMatchObject({
    conditions: [
      {
        display_name: "too many",
        condition_prometheus_query_language: {
          query: "vector(1) > 0",
          duration: "300s",
          evaluation_interval: "90s",
          alert_rule: "too_many_1",
          disable_metric_validation: true,
        },
      },
    ],
  });
});

test("a threshold condition compares one value of each period", () => {
  const condition: AlertCondition = {
    kind: "threshold",
    title: "few",
    filter: 'metric.type="m"',
    comparison: "below",
    limit: 0.4,
    align: "ALIGN_FRACTION_TRUE",
    periodMinutes: 3,
    reduce: "REDUCE_MEAN",
  };
  expect(alert({ conditions: [condition] })).toMatchObject({
    conditions: [
      {
        condition_threshold: {
          filter: 'metric.type="m"',
          comparison: "COMPARISON_LT",
          threshold_value: 0.4,
          duration: "0s",
          aggregations: [
            {
              alignment_period: "180s",
              per_series_aligner: "ALIGN_FRACTION_TRUE",
              cross_series_reducer: "REDUCE_MEAN",
            },
          ],
        },
      },
    ],
  });
});

test("burn rates of two windows hold together when told to combine all", () => {
  expect(alert({ conditions: [burning(60), burning(5)], combine: "all" })).toMatchObject({
    combiner: "AND",
    conditions: [
      {
        condition_threshold: {
          filter: 'select_slo_burn_rate("projects/1/services/s/serviceLevelObjectives/o", "3600s")',
          comparison: "COMPARISON_GT",
          threshold_value: 14.4,
        },
      },
      { condition_threshold: { filter: expect.stringContaining('"300s")') } },
    ],
  });
});

test("a log-match condition limits its notifications, and never tells that it closed", () => {
  const extract = { service: "EXTRACT(resource.labels.service_name)" };
  expect(alert({ conditions: [{ ...logMatch, extract }], notifyAgainMinutes: 30 })).toMatchObject({
    conditions: [{ condition_matched_log: { filter: "severity=ERROR", label_extractors: extract } }],
    alert_strategy: { notification_rate_limit: { period: "1800s" }, notification_prompts: ["OPENED"] },
  });
});

test.each<[string, Partial<AlertPolicyProps>, string]>([
  ["a second condition beside a log match", { conditions: [logMatch, promql] }, "Google takes it only alone"],
  [
    "a runbook without an address",
    { runbook: "docs/runbooks/errors.md" },
    "must be an https address, got 'docs/runbooks/errors.md'",
  ],
  ["a meaning as long as a book", { meaning: "x".repeat(8_001) }, "at most 8000 characters, got 8001"],
  [
    "an incident that closes at once",
    { closeAfterMinutes: 5 },
    "'closeAfterMinutes' must be at least 30, got 5",
  ],
  ["half a minute", { conditions: [{ ...promql, forMinutes: 0.5 }] }, "'forMinutes' must be whole minutes"],
  [
    "an interval of ten seconds",
    { conditions: [{ ...promql, everySeconds: 10 }] },
    "a multiple of 30, got 10",
  ],
])("%s is refused", (_what, changes, words) => {
  expect(() => alert(changes)).toThrow(words);
});
