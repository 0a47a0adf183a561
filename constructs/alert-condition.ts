import type { MonitoringAlertPolicyConditions } from "@cdktf/provider-google/lib/monitoring-alert-policy/index.js";

/** What must be true for an incident to open. */
export type AlertCondition = PromqlCondition | ThresholdCondition | BurnRateCondition | LogMatchCondition;

interface NamedCondition {
  /** What is true when it fires, in a few words: shown in the incident. */
  readonly title: string;
}

/** A PromQL query that gives a series when something is wrong. Its metrics may not exist yet. */
export interface PromqlCondition extends NamedCondition {
  readonly kind: "promql";
  /**
   * With Cloud Monitoring's names (`run_googleapis_com:request_count{monitored_resource="cloud_run_revision"}`):
   * https://cloud.google.com/monitoring/promql/promql-mapping
   */
  readonly query: string;
  /** How long it must hold, in whole minutes. @default 0: at once */
  readonly forMinutes?: number;
  /** How often it is asked, in seconds: a multiple of 30. @default 60 */
  readonly everySeconds?: number;
}

/** A filter on series of a metric that exists, with one value compared to a limit. */
export interface ThresholdCondition extends NamedCondition {
  readonly kind: "threshold";
  /** https://cloud.google.com/monitoring/api/v3/filters */
  readonly filter: string;
  readonly comparison: "above" | "below";
  readonly limit: number;
  /** How the points of one series become one value per period: `ALIGN_FRACTION_TRUE`, `ALIGN_RATE` … */
  readonly align: string;
  /** In whole minutes. */
  readonly periodMinutes: number;
  /** How the series become one: `REDUCE_MEAN`, `REDUCE_SUM` … @default each series for itself */
  readonly reduce?: string;
  /** How long it must hold, in whole minutes. @default 0: at once */
  readonly forMinutes?: number;
}

/** The error budget of an objective is used up `rate` times as fast as it lasts. */
export interface BurnRateCondition extends NamedCondition {
  readonly kind: "burn-rate";
  readonly objective: { readonly sloName: string };
  readonly lookbackMinutes: number;
  readonly rate: number;
}

/** One log entry is enough. Google allows no other condition beside it. */
export interface LogMatchCondition extends NamedCondition {
  readonly kind: "log-match";
  /** https://cloud.google.com/logging/docs/view/logging-query-language */
  readonly filter: string;
  /** Labels of the incident, each taken out of the entry: `{ service: "EXTRACT(resource.labels.service_name)" }`. */
  readonly extract?: Readonly<Record<string, string>>;
}

const comparisons = { above: "COMPARISON_GT", below: "COMPARISON_LT" } as const;

/** @throws when a length of time is none that Cloud Monitoring takes */
export function conditionFields(
  condition: AlertCondition,
  ruleName: string,
): MonitoringAlertPolicyConditions {
  switch (condition.kind) {
    case "promql":
      return {
        displayName: condition.title,
        conditionPrometheusQueryLanguage: {
          query: condition.query,
          duration: seconds("forMinutes", condition.forMinutes ?? 0),
          evaluationInterval: `${checkInterval(condition.everySeconds ?? 60)}s`,
          alertRule: ruleName,
          disableMetricValidation: true,
        },
      };
    case "threshold":
      return {
        displayName: condition.title,
        conditionThreshold: {
          filter: condition.filter,
          comparison: comparisons[condition.comparison],
          thresholdValue: condition.limit,
          duration: seconds("forMinutes", condition.forMinutes ?? 0),
          trigger: { count: 1 },
          aggregations: [
            {
              alignmentPeriod: seconds("periodMinutes", condition.periodMinutes),
              perSeriesAligner: condition.align,
              ...(condition.reduce !== undefined && { crossSeriesReducer: condition.reduce }),
            },
          ],
        },
      };
    case "burn-rate":
      return {
        displayName: condition.title,
        conditionThreshold: {
          filter: `select_slo_burn_rate("${condition.objective.sloName}", "${seconds("lookbackMinutes", condition.lookbackMinutes)}")`,
          comparison: comparisons.above,
          thresholdValue: condition.rate,
          duration: "0s",
          trigger: { count: 1 },
        },
      };
    case "log-match":
      return {
        displayName: condition.title,
        conditionMatchedLog: {
          filter: condition.filter,
          ...(condition.extract !== undefined && { labelExtractors: { ...condition.extract } }),
        },
      };
    default:
      return condition satisfies never;
  }
}

function seconds(name: string, minutes: number): string {
  if (!Number.isInteger(minutes) || minutes < 0) {
    throw new Error(`'${name}' must be whole minutes: Cloud Monitoring takes no other, got ${minutes}`);
  }
  return `${minutes * 60}s`;
}

function checkInterval(everySeconds: number): number {
  if (!Number.isInteger(everySeconds) || everySeconds < 30 || everySeconds % 30 !== 0) {
    throw new Error(`'everySeconds' must be a multiple of 30, got ${everySeconds}`);
  }
  return everySeconds;
}
