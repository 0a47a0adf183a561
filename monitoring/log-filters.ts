/** Entries of these services, and of this job. */
export function roleFilter(services: readonly string[], job?: string): string {
  const ofServices = `(resource.type="cloud_run_revision" AND ${equalsAny("resource.labels.service_name", services)})`;
  if (job === undefined) return ofServices;
  return `(${ofServices} OR (resource.type="cloud_run_job" AND resource.labels.job_name="${job}"))`;
}

function equalsAny(field: string, values: readonly string[]): string {
  return `${field}=(${values.map((value) => `"${value}"`).join(" OR ")})`;
}
