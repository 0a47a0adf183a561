import { LoggingMetric } from "@cdktf/provider-google/lib/logging-metric/index.js";
import { Construct } from "constructs";

export interface LogMetricProps {
  /** Unique in the project: letters, digits and underscores, so that it reads the same in PromQL. */
  readonly name: string;
  readonly description: string;
  /** Which entries count: https://cloud.google.com/logging/docs/view/logging-query-language */
  readonly filter: string;
  /** Labels of the metric and where in the entry they stand: `{ code: "jsonPayload.err.code" }`. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** A number of the entry whose distribution is kept. @default none: entries are counted */
  readonly value?: { readonly field: string; readonly unit: string };
}

/**
 * A metric made of log entries. It begins to count when it is made, and Cloud Monitoring finds it only minutes
 * later: alerts on it ask in PromQL, which does not insist on it.
 */
export class LogMetric extends Construct {
  readonly name: string;
  readonly metric: LoggingMetric;

  constructor(scope: Construct, id: string, props: LogMetricProps) {
    super(scope, id);
    const { name, labels = {}, value } = props;
    if (!/^[a-z][a-z0-9_]*$/.test(name)) {
      throw new Error(
        `'name' of a log metric must be lower-case letters, digits and underscores, got '${name}'`,
      );
    }
    this.name = name;
    this.metric = new LoggingMetric(this, "metric", {
      name,
      description: props.description,
      filter: props.filter,
      labelExtractors: Object.fromEntries(
        Object.entries(labels).map(([label, field]) => [label, `EXTRACT(${field})`]),
      ),
      metricDescriptor: {
        metricKind: "DELTA",
        valueType: value === undefined ? "INT64" : "DISTRIBUTION",
        unit: value?.unit ?? "1",
        displayName: props.description,
        labels: Object.keys(labels).map((key) => ({ key, valueType: "STRING" })),
      },
      ...(value && {
        valueExtractor: `EXTRACT(${value.field})`,
        // 1 ms to 17 minutes, each bound 1.5 times the last: a percentile is off by a fifth at most.
        bucketOptions: { exponentialBuckets: { numFiniteBuckets: 35, growthFactor: 1.5, scale: 1 } },
      }),
    });
  }
}
