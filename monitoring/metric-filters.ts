/** Series of one metric about one kind of resource: https://cloud.google.com/monitoring/api/v3/filters */
export function metricFilter(metric: string, resource: string, comparisons: readonly string[]): string {
  return [`metric.type="${metric}"`, `resource.type="${resource}"`, ...comparisons].join(" AND ");
}

/** Whether the checkers of one uptime check were content, as truth values. */
export function checksPassed(checkId: string): string {
  return metricFilter("monitoring.googleapis.com/uptime_check/check_passed", "uptime_url", [
    `metric.labels.check_id="${checkId}"`,
  ]);
}
