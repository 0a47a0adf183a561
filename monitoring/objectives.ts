import type { Indicator } from "../constructs/objective.ts";
import { metricFilter } from "./metric-filters.ts";
import type { Watched } from "./watched.ts";

export interface ObjectiveDefinition {
  readonly name: string;
  readonly promise: string;
  readonly goal: number;
  readonly indicator: Indicator;
}

/** What is promised to people, over 28 days. Starting values: the first months will teach better ones. */
export function objectivesOf(watched: Watched): {
  readonly availability: ObjectiveDefinition;
  readonly latency: ObjectiveDefinition;
} {
  const requests = metricFilter("run.googleapis.com/request_count", "cloud_run_revision", [
    `resource.labels.service_name="${watched.web.name}"`,
  ]);
  // The load balancer knows the path: Cloud Run's own latencies would count the live stream's minutes.
  const apart = watched.unhurried.filter(({ apartAtTheEdge }) => apartAtTheEdge);
  const latencies = metricFilter("loadbalancing.googleapis.com/https/backend_latencies", "https_lb_rule", [
    `resource.labels.url_map_name="${watched.loadBalancer.name}"`,
    `resource.labels.backend_target_name="${watched.backend.name}"`,
    ...apart.map(({ route }) => `resource.labels.matched_url_path_rule!="${route}"`),
  ]);
  return {
    availability: {
      name: "availability",
      promise: "99.9 % of requests are answered without an error of ours",
      goal: 0.999,
      indicator: {
        kind: "share",
        all: requests,
        bad: `${requests} AND metric.labels.response_code_class="5xx"`,
      },
    },
    latency: {
      name: "latency",
      promise: "95 % of requests are answered within 1.5 s, live streams aside",
      goal: 0.95,
      indicator: { kind: "at-most", distribution: latencies, limit: 1_500 },
    },
  };
}
