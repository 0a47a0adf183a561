import { series } from "./promql.ts";
import type { LabelMatch } from "./promql.ts";

type Labels = Readonly<Record<string, LabelMatch>>;
type Part = "bucket" | "count";

/** Cloud Run's services: https://cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-run */
export function runSeries(metric: string, labels: Labels, part?: Part): string {
  return series(`run.googleapis.com/${metric}`, "cloud_run_revision", labels, part);
}

/** Runs of a job that ended. */
export function jobRuns(job: string, result: "succeeded" | "failed"): string {
  return series("run.googleapis.com/job/completed_execution_count", "cloud_run_job", {
    job_name: job,
    result,
  });
}

/** Requests at the load balancer of this URL map. */
export function edgeRequests(urlMap: string, labels: Labels = {}): string {
  return series("loadbalancing.googleapis.com/https/request_count", "https_lb_rule", {
    url_map_name: urlMap,
    ...labels,
  });
}

/** Calls of Cloud Storage's API. */
export function storageCalls(bucket: LabelMatch, labels: Labels = {}): string {
  return series("storage.googleapis.com/api/request_count", "gcs_bucket", { bucket_name: bucket, ...labels });
}

/** Bytes in buckets, versions included; measured every few minutes. */
export function storedBytes(bucket: LabelMatch): string {
  return series("storage.googleapis.com/storage/v2/total_bytes", "gcs_bucket", { bucket_name: bucket });
}

/** What subscriptions have still to deliver. */
export function waitingMessages(
  measure: "num_undelivered_messages" | "oldest_unacked_message_age",
  name: LabelMatch,
): string {
  return series(`pubsub.googleapis.com/subscription/${measure}`, "pubsub_subscription", {
    subscription_id: name,
  });
}

/** Memorystore, which names instances by their whole path. */
export function redisSeries(metric: string, instance: string): string {
  return series(`redis.googleapis.com/${metric}`, "redis_instance", {
    instance_id: { like: `projects/.+/locations/.+/instances/${instance}` },
  });
}

/** A metric made of log entries, about services unless told otherwise. */
export function logSeries(
  metric: string,
  labels: Labels = {},
  {
    part,
    of = "cloud_run_revision",
  }: { readonly part?: Part; readonly of?: "cloud_run_revision" | "cloud_run_job" } = {},
): string {
  return series(`logging.googleapis.com/user/${metric}`, of, labels, part);
}
