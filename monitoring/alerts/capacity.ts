import type { Alert } from "../alert.ts";
import { runSeries } from "../google-metrics.ts";
import { anyOf, quantile } from "../promql.ts";
import type { Watched } from "../watched.ts";

/** What runs short before people notice. */
export function capacityAlerts(watched: Watched): readonly Alert[] {
  const services = [watched.web, watched.worker];
  const both = { service_name: anyOf(services.map(({ name }) => name)) };

  return [
    {
      id: "near-limit",
      title: "Almost as many instances as allowed",
      urgency: "urgent",
      meaning:
        "More than 80 % of the instances that the environment allows are running: a little more traffic, and requests wait or are refused.",
      conditions: [nearLimit(watched.web), nearLimit(watched.worker)],
    },
    {
      id: "processor",
      title: "Processors are busy",
      urgency: "ticket",
      meaning:
        "The busiest hundredth of instances uses more than 90 % of its processor: pictures wait for each other.",
      conditions: [
        {
          kind: "promql",
          title: "p99 of processor use above 90 % for 10 minutes",
          query: `${quantile(0.99, runSeries("container/cpu/utilizations", both, "bucket"), "5m", ["service_name"])} > 0.9`,
          forMinutes: 10,
        },
      ],
    },
    {
      id: "memory",
      title: "Memory runs short",
      urgency: "urgent",
      meaning:
        "The fullest hundredth of instances uses more than 85 % of its memory: the next large picture may end one.",
      conditions: [
        {
          kind: "promql",
          title: "p99 of memory use above 85 % for 5 minutes",
          query: `${quantile(0.99, runSeries("container/memory/utilizations", both, "bucket"), "5m", ["service_name"])} > 0.85`,
          forMinutes: 5,
        },
      ],
    },
    {
      id: "slow-start",
      title: "Instances start too slowly",
      urgency: "ticket",
      meaning:
        "The slowest hundredth of instances starts later than its startup probe allows: those are ended and started again, and people wait.",
      conditions: [slowStart(watched.web), slowStart(watched.worker)],
    },
    {
      id: "queue",
      title: "Requests wait for an instance",
      urgency: "urgent",
      meaning:
        "For five minutes there were requests that no instance could take: people wait, and new instances do not come fast enough.",
      conditions: [
        {
          kind: "promql",
          title: "Pending requests for 5 minutes",
          query: `sum by (service_name) (${runSeries("pending_queue/pending_requests", both)}) > 0`,
          forMinutes: 5,
        },
      ],
    },
  ];
}

/** Of all revisions together, for the limit is the service's; by region, for it is each region's. */
function nearLimit({ name, maxInstances }: Watched["web"]): Alert["conditions"][number] {
  return {
    kind: "promql",
    title: `${name}: above 80 % of ${maxInstances} instances for 10 minutes`,
    query: `sum by (location) (${runSeries("container/instance_count", { service_name: name })}) > 0.8 * ${maxInstances}`,
    forMinutes: 10,
  };
}

function slowStart({ name, startupSeconds }: Watched["web"]): Alert["conditions"][number] {
  const latencies = runSeries("container/startup_latencies", { service_name: name }, "bucket");
  return {
    kind: "promql",
    title: `${name}: p99 of the start above ${startupSeconds} s`,
    query: `${quantile(0.99, latencies, "15m")} > ${startupSeconds * 1_000}`,
  };
}
