import type { Alert } from "../alert.ts";
import { logSeries } from "../google-metrics.ts";
import { roleFilter } from "../log-filters.ts";
import { grown } from "../promql.ts";
import type { Instruments, Watched } from "../watched.ts";

/** What the logs say. */
export function errorAlerts(watched: Watched, { metrics }: Instruments): readonly Alert[] {
  const ours = roleFilter([watched.web.name, watched.worker.name], watched.maintenance.name);
  const counted = (of: "cloud_run_revision" | "cloud_run_job") =>
    `${grown(logSeries(metrics.errors.name, {}, { of }), "10m", ["role", "code", "kind"])} > 5`;
  return [
    {
      id: "errors",
      title: "The same error again and again",
      urgency: "ticket",
      meaning:
        "One role logged one kind of error more than five times in ten minutes. What people did wrong is not counted.",
      conditions: [
        {
          kind: "promql",
          title: "One kind more than 5 times in 10 minutes, in a service",
          query: counted("cloud_run_revision"),
        },
        {
          kind: "promql",
          title: "One kind more than 5 times in 10 minutes, in a job",
          query: counted("cloud_run_job"),
        },
      ],
    },
    {
      id: "out-of-memory",
      title: "An instance ran out of memory",
      urgency: "urgent",
      meaning:
        "Cloud Run ended an instance that used more memory than it has. Every request that it served was cut off.",
      conditions: [
        {
          kind: "log-match",
          title: "Cloud Run says that the memory limit was exceeded",
          filter: `${ours} AND logName:"run.googleapis.com%2Fvarlog%2Fsystem" AND severity>=ERROR AND textPayload:"Memory limit of"`,
          extract: {
            service: "EXTRACT(resource.labels.service_name)",
            job: "EXTRACT(resource.labels.job_name)",
          },
        },
      ],
    },
    {
      id: "no-instance",
      title: "Requests were refused for want of an instance",
      urgency: "page",
      meaning: "Cloud Run aborted requests because no instance was available: people were turned away.",
      conditions: [
        {
          kind: "log-match",
          title: "Cloud Run says that no instance was available",
          filter:
            `${roleFilter([watched.web.name, watched.worker.name])} AND logName:"run.googleapis.com%2Frequests"` +
            ' AND textPayload:"no available instance"',
          extract: { service: "EXTRACT(resource.labels.service_name)" },
        },
      ],
    },
  ];
}
