import type { Widget } from "../constructs/dashboard.ts";
import {
  edgeRequests,
  logSeries,
  redisSeries,
  runSeries,
  storageCalls,
  storedBytes,
  waitingMessages,
} from "./google-metrics.ts";
import { checksPassed } from "./metric-filters.ts";
import { anyOf, quantile } from "./promql.ts";
import type { Instruments, Watched } from "./watched.ts";

/** The one page to look at first: what people notice, then what runs short, then what is behind. */
export function dashboardOf(watched: Watched, instruments: Instruments): readonly Widget[] {
  return [...noticed(watched, instruments), ...runningShort(watched), ...behind(watched, instruments)];
}

function perSecond(counter: string, by: string): string {
  return `sum by (${by}) (rate(${counter}[5m]))`;
}

function noticed({ web, loadBalancer }: Watched, { metrics, uptime }: Instruments): readonly Widget[] {
  const latency = logSeries(metrics.requests.name, {}, { part: "bucket" });
  return [
    {
      kind: "chart",
      title: "Requests a second, by class of answer",
      draw: "stacked",
      lines: [
        { query: perSecond(runSeries("request_count", { service_name: web.name }), "response_code_class") },
      ],
    },
    {
      kind: "chart",
      title: "Time of requests, live streams and uploads aside",
      unit: "ms",
      limit: 1_500,
      lines: [
        { query: quantile(0.5, latency, "5m"), legend: "p50" },
        { query: quantile(0.95, latency, "5m"), legend: "p95" },
        { query: quantile(0.99, latency, "5m"), legend: "p99" },
      ],
    },
    {
      kind: "chart",
      title: "At the edge, by cache result",
      draw: "stacked",
      lines: [{ query: perSecond(edgeRequests(loadBalancer.name), "cache_result") }],
    },
    {
      kind: "chart",
      title: "Share of checkers that are asked to sign in",
      limit: 0.4,
      lines: [
        {
          filter: checksPassed(uptime.checkId),
          align: "ALIGN_FRACTION_TRUE",
          reduce: "REDUCE_MEAN",
          periodMinutes: 3,
        },
      ],
    },
  ];
}

function runningShort({ web, worker, redis }: Watched): readonly Widget[] {
  const both = { service_name: anyOf([web.name, worker.name]) };
  const fullest = (metric: string) =>
    quantile(0.99, runSeries(metric, both, "bucket"), "5m", ["service_name"]);
  return [
    {
      kind: "chart",
      title: "Instances, by service and region",
      draw: "stacked",
      lines: [{ query: `sum by (service_name, location) (${runSeries("container/instance_count", both)})` }],
    },
    {
      kind: "chart",
      title: "Waiting requests",
      lines: [{ query: `sum by (service_name) (${runSeries("pending_queue/pending_requests", both)})` }],
    },
    {
      kind: "chart",
      title: "Processor, fullest hundredth",
      limit: 0.9,
      lines: [{ query: fullest("container/cpu/utilizations") }],
    },
    {
      kind: "chart",
      title: "Memory, fullest hundredth",
      limit: 0.85,
      lines: [{ query: fullest("container/memory/utilizations") }],
    },
    ...(redis === undefined
      ? []
      : [
          {
            kind: "chart" as const,
            title: "Redis: memory in use",
            limit: 0.85,
            lines: [{ query: `max(${redisSeries("stats/memory/usage_ratio", redis.name)})` }] as const,
          },
        ]),
  ];
}

function behind({ buckets, subscriptions }: Watched, { metrics }: Instruments): readonly Widget[] {
  const stored = anyOf([buckets.media, buckets.records, buckets.uploads].map(({ name }) => name));
  const failed = storageCalls(stored, { response_code: { not: "OK" } });
  const age = waitingMessages("oldest_unacked_message_age", anyOf(subscriptions.map(({ name }) => name)));
  return [
    {
      kind: "chart",
      title: "Errors, by role and code",
      draw: "stacked",
      lines: [
        { query: perSecond(logSeries(metrics.errors.name), "role, code") },
        { query: perSecond(logSeries(metrics.errors.name, {}, { of: "cloud_run_job" }), "role, code") },
      ],
    },
    {
      kind: "chart",
      title: "Calls of Cloud Storage that did not end in OK",
      draw: "stacked",
      lines: [{ query: perSecond(failed, "bucket_name, response_code") }],
    },
    {
      kind: "chart",
      title: "Oldest message",
      unit: "s",
      limit: 600,
      lines: [{ query: `max by (subscription_id) (${age})` }],
    },
    {
      kind: "chart",
      title: "Stored",
      unit: "By",
      draw: "stacked",
      lines: [{ query: `sum by (bucket_name) (${storedBytes(stored)})` }],
    },
  ];
}
