import type { Alert } from "../alert.ts";
import { edgeRequests, logSeries, runSeries } from "../google-metrics.ts";
import { grown, orZero, quantile } from "../promql.ts";
import type { Instruments, Watched } from "../watched.ts";

/** What people notice: errors, slowness, silence, refusals. */
export function requestAlerts(watched: Watched, { metrics }: Instruments): readonly Alert[] {
  const requests = (labels: Record<string, string> = {}) =>
    runSeries("request_count", { service_name: watched.web.name, ...labels });
  const latency = (part: "bucket" | "count") => logSeries(metrics.requests.name, {}, { part });
  const enough = `${grown(latency("count"), "5m", ["method"])} > 20`;
  const refused = edgeRequests(watched.loadBalancer.name, { response_code: "403" });

  return [
    {
      id: "web-errors",
      title: "More than 5 % of requests fail",
      urgency: "page",
      meaning:
        "People see errors: more than one request in twenty is answered with 5xx, over the last five minutes.",
      conditions: [
        {
          kind: "promql",
          title: "5xx above 5 % over 5 minutes, with more than 20 requests in 10",
          query:
            `${grown(requests({ response_code_class: "5xx" }), "5m")} / ${grown(requests(), "5m")} > 0.05` +
            ` and ${grown(requests(), "10m")} > 20`,
        },
      ],
    },
    {
      id: "web-latency",
      title: "Requests are slow",
      urgency: "urgent",
      meaning:
        "The service answers, but people wait: of one kind of request (reading, changing) one in twenty takes over 1.5 s, or one in a hundred over 4 s. Live streams and uploads are left out.",
      conditions: [
        {
          kind: "promql",
          title: "p95 above 1.5 s for 5 minutes, by method",
          query: `${quantile(0.95, latency("bucket"), "5m", ["method"])} > 1500 and on (method) ${enough}`,
          forMinutes: 5,
        },
        {
          kind: "promql",
          title: "p99 above 4 s for 5 minutes, by method",
          query: `${quantile(0.99, latency("bucket"), "5m", ["method"])} > 4000 and on (method) ${enough}`,
          forMinutes: 5,
        },
      ],
    },
    {
      id: "silence",
      title: "Nobody reaches the service",
      urgency: "urgent",
      meaning:
        "Not one request in 30 minutes of a working day, where there were more than 20 at the same time yesterday: people are probably stopped before they reach us.",
      conditions: [
        {
          kind: "promql",
          title: "No request in 30 minutes of a weekday, more than 20 at this time the day before",
          // Saturdays look back at a Friday: they are left out. Mondays look back at a Sunday: quiet unless people work then.
          query:
            `${orZero(grown(requests(), "30m"))} < 1` +
            ` and on () ${grown(requests(), "30m", [], "1d")} > 20` +
            " and on () day_of_week() >= 1 and on () day_of_week() <= 5",
        },
      ],
    },
    {
      id: "denied",
      title: "Unusually many requests are refused",
      urgency: "ticket",
      meaning:
        "The load balancer, the identity proxy or the app answers 403 at least 50 times in an hour and more than four times as often as yesterday: somebody lost access, or somebody tries doors.",
      conditions: [
        {
          kind: "promql",
          title: "403 at least 50 times in an hour, and four times yesterday's",
          query:
            `${grown(refused, "1h")} >= 50` +
            ` and on () ${grown(refused, "1h")} > 4 * ${orZero(grown(refused, "1h", [], "1d"))}`,
        },
      ],
    },
  ];
}
