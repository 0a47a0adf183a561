import type { LogMetricProps } from "../constructs/log-metric.ts";
import { roleFilter } from "./log-filters.ts";
import type { Watched } from "./watched.ts";

/** What is counted in the app's own log: the fields are those of `app/telemetry`. */
export function logMetricsOf(watched: Watched): {
  readonly requests: LogMetricProps;
  readonly errors: LogMetricProps;
  /** Where the environment has Redis. */
  readonly redisAway?: LogMetricProps;
} {
  const unhurried = watched.unhurried.map(
    ({ method, route }) => `NOT (jsonPayload.method="${method}" AND jsonPayload.route="${route}")`,
  );
  return {
    requests: {
      name: "imgstream_request_latency",
      description: "Time of requests whose time is ours, by method and route",
      filter: [roleFilter([watched.web.name]), "jsonPayload.latency_ms>=0", ...unhurried].join(" AND "),
      labels: { method: "jsonPayload.method", route: "jsonPayload.route", status: "jsonPayload.status" },
      value: { field: "jsonPayload.latency_ms", unit: "ms" },
    },
    errors: {
      name: "imgstream_errors",
      description: "Errors that are ours, by role and code",
      filter: [
        roleFilter([watched.web.name, watched.worker.name], watched.maintenance.name),
        "severity>=ERROR",
        // One line has the error; the request's own line beside it has none. What a person did wrong is no error of ours.
        "jsonPayload.err.type:*",
      ].join(" AND "),
      labels: { role: "jsonPayload.role", code: "jsonPayload.err.code", kind: "jsonPayload.err.type" },
    },
    ...(watched.redis && {
      redisAway: {
        name: "imgstream_redis_away",
        description: "That Redis does not answer, said by an instance when it begins and every five minutes",
        filter: [roleFilter([watched.web.name]), 'jsonPayload.redis="away"'].join(" AND "),
        labels: { code: "jsonPayload.err.code", kind: "jsonPayload.err.type" },
      },
    }),
  };
}
