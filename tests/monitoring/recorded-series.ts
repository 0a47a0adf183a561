/** Series of one value a minute, in Prometheus's short notation: `0+5x60` counts up by five for an hour. */
export type InputSeries = Readonly<Record<string, string>>;

export interface Recording {
  /** An alert's id and the number of its condition, from 1. */
  readonly rule: string;
  readonly name: string;
  readonly fires: boolean;
  /** The minute that is looked at. Prometheus's time begins on a Thursday at midnight. */
  readonly at: number;
  readonly series: InputSeries;
}

export const day = 24 * 60;

type Labels = Readonly<Record<string, string>>;

function name(metric: string, labels: Labels): string {
  return `${metric}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(",")}}`;
}

/** A metric of the service `the-web`, unless the labels name another. */
export function run(metric: string, labels: Labels = {}): string {
  return name(`run_googleapis_com:${metric}`, {
    monitored_resource: "cloud_run_revision",
    service_name: "the-web",
    ...labels,
  });
}

export function answers(responseClass: string): string {
  return run("request_count", { response_code_class: responseClass });
}

export function job(result: string): string {
  return name("run_googleapis_com:job_completed_execution_count", {
    monitored_resource: "cloud_run_job",
    job_name: "the-maintenance",
    result,
  });
}

/** Requests of one method, as the app logged them: how many a minute took less than each bound, in milliseconds. */
export function latencies(method: string, perMinute: Readonly<Record<string, number>>): InputSeries {
  const labels = { monitored_resource: "cloud_run_revision", method };
  const metric = "logging_googleapis_com:user_the_requests";
  const buckets = Object.entries(perMinute).map(([le, count]) => [
    name(`${metric}_bucket`, { ...labels, le }),
    `0+${count}x90`,
  ]);
  return {
    ...Object.fromEntries(buckets),
    [name(`${metric}_count`, labels)]: `0+${perMinute["+Inf"] ?? 0}x90`,
  };
}

export function errors(code: string, of = "cloud_run_revision"): string {
  return name("logging_googleapis_com:user_the_errors", {
    monitored_resource: of,
    role: "web",
    code,
    kind: "Error",
  });
}

/** That Redis does not answer, as instances said. */
export function redisAway(instance: string): string {
  return name("logging_googleapis_com:user_the_redis_away", {
    monitored_resource: "cloud_run_revision",
    instance_id: instance,
    code: "ECONNREFUSED",
    kind: "Error",
  });
}

export function refusals(): string {
  return name("loadbalancing_googleapis_com:https_request_count", {
    monitored_resource: "https_lb_rule",
    url_map_name: "the-url-map",
    response_code: "403",
  });
}

export function calls(bucket: string, method: string, code: string): string {
  return name("storage_googleapis_com:api_request_count", {
    monitored_resource: "gcs_bucket",
    bucket_name: bucket,
    method,
    response_code: code,
  });
}

export function stored(bucket: string): string {
  return name("storage_googleapis_com:storage_v2_total_bytes", {
    monitored_resource: "gcs_bucket",
    bucket_name: bucket,
    type: "live-object",
  });
}

export function messages(measure: string, subscription: string): string {
  return name(`pubsub_googleapis_com:subscription_${measure}`, {
    monitored_resource: "pubsub_subscription",
    subscription_id: subscription,
  });
}

export function redis(metric: string): string {
  return name(`redis_googleapis_com:${metric}`, {
    monitored_resource: "redis_instance",
    instance_id: "projects/p/locations/l/instances/the-cache",
  });
}

export function certificateDays(): string {
  return name("monitoring_googleapis_com:uptime_check_time_until_ssl_cert_expires", {
    monitored_resource: "uptime_url",
    check_id: "the-check",
    checker_location: "eur-belgium",
  });
}

/** A distribution whose points all lie below the first bound, but for a share that lies below the second. */
export function distribution(
  metric: string,
  labels: Labels,
  bounds: readonly [string, string],
  share: number,
): InputSeries {
  const at = (le: string) => run(`${metric}_bucket`, { ...labels, le });
  return {
    [at(bounds[0])]: `0+${100 * (1 - share)}x90`,
    [at(bounds[1])]: "0+100x90",
    [at("+Inf")]: "0+100x90",
  };
}
