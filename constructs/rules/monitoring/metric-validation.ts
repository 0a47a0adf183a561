import type { Rule } from "../rule.ts";

/** Metrics that exist only after somebody has written to them, in filters and in PromQL. */
const lateMetric =
  /(logging\.googleapis\.com\/user|workload\.googleapis\.com|custom\.googleapis\.com|prometheus\.googleapis\.com)/;
const latePromql = /(logging_googleapis_com:user_|workload_googleapis_com:|custom_googleapis_com:)/;

/** An alert may be made before its metric. */
export const metricValidation: Rule = {
  id: "metric-validation",
  reason:
    "Google refuses an alert on a metric that does not exist yet with 404, up to ten minutes after the metric was made.",
  remedy: "Ask in PromQL (condition_prometheus_query_language) with disable_metric_validation = true.",
  *findBreaches(stack) {
    for (const at of stack.resources("google_monitoring_alert_policy")) {
      for (const condition of at.blocks("conditions")) {
        const filters = ["condition_threshold.filter", "condition_absent.filter"].flatMap((path) =>
          condition.texts(path),
        );
        if (filters.some((filter) => lateMetric.test(filter))) {
          yield {
            at,
            what: `the filter of ${condition.describe("display_name")} names a metric that may not exist yet`,
          };
        }
        const query = condition.text("condition_prometheus_query_language.query") ?? "";
        if (
          latePromql.test(query) &&
          !condition.isTrue("condition_prometheus_query_language.disable_metric_validation")
        ) {
          yield {
            at,
            what: `the query of ${condition.describe("display_name")} names a metric that may not exist yet`,
          };
        }
      }
    }
  },
};
