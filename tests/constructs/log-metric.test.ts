import { expect, test } from "vitest";
import { LogMetric } from "../../constructs/log-metric.ts";
import type { LogMetricProps } from "../../constructs/log-metric.ts";
import { synthesiseConstruct } from "./synthesise-construct.ts";

const metric = (changes: Partial<LogMetricProps> = {}) =>
  synthesiseConstruct(
    "google_logging_metric",
    (stack) =>
      new LogMetric(stack, "it", {
        name: "errors",
        description: "Errors",
        filter: "severity=ERROR",
        ...changes,
      }),
  );

test("entries are counted, with labels that are taken out of them", () => {
  expect(metric({ labels: { code: "jsonPayload.err.code" } })).toMatchObject({
    name: "errors",
    filter: "severity=ERROR",
    label_extractors: { code: "EXTRACT(jsonPayload.err.code)" },
    metric_descriptor: {
      metric_kind: "DELTA",
      value_type: "INT64",
      unit: "1",
      labels: [{ key: "code", value_type: "STRING" }],
    },
  });
});

test("a number of the entries is kept as a distribution", () => {
  expect(metric({ value: { field: "jsonPayload.latency_ms", unit: "ms" } })).toMatchObject({
    value_extractor: "EXTRACT(jsonPayload.latency_ms)",
    metric_descriptor: { metric_kind: "DELTA", value_type: "DISTRIBUTION", unit: "ms" },
    bucket_options: { exponential_buckets: { scale: 1, growth_factor: 1.5, num_finite_buckets: 35 } },
  });
});

test.each(["Errors", "my-errors", "1st", ""])("the name %j is refused: PromQL would read another", (name) => {
  expect(() => metric({ name })).toThrow("must be lower-case letters, digits and underscores");
});
