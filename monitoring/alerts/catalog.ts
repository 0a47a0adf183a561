import type { Alert } from "../alert.ts";
import { jobRuns, logSeries, storageCalls } from "../google-metrics.ts";
import { grown, orZero, quantile } from "../promql.ts";
import type { Instruments, Watched } from "../watched.ts";

/** Codes of the app's errors that say that something recorded cannot be read back. A test holds them to the app. */
export const damageCodes = ["damaged-entry", "damaged-log", "newer-entry", "object-damaged"] as const;

const writes = { method: { unlike: "(Read|Get|List).*" } };

/** What people cannot get back. Until the catalog measures itself: Google's metrics, and the app's log. */
export function catalogAlerts({ buckets, maintenance }: Watched, { metrics }: Instruments): readonly Alert[] {
  // Changes that carry no picture: their time is the commit's.
  const changes = (part: "bucket" | "count") =>
    logSeries(metrics.requests.name, { method: { like: "PATCH|PUT|DELETE" } }, { part });
  const damage = (of: "cloud_run_revision" | "cloud_run_job") =>
    `${grown(logSeries(metrics.errors.name, { code: { like: damageCodes.join("|") } }, { of }), "10m", ["code"])} > 0`;
  const written = storageCalls(buckets.records.name, writes);
  const lost = storageCalls(buckets.records.name, { ...writes, response_code: "FAILED_PRECONDITION" });

  return [
    {
      id: "commit-latency",
      title: "Changes are recorded slowly",
      urgency: "ticket",
      meaning:
        "One change in twenty (titles, tags, deleting, restoring) takes more than a second until it is recorded.",
      conditions: [
        {
          kind: "promql",
          title: "p95 of changes above 1 s for 10 minutes",
          query: `${quantile(0.95, changes("bucket"), "10m")} > 1000 and ${grown(changes("count"), "10m")} > 20`,
          forMinutes: 10,
        },
      ],
    },
    {
      id: "catalog-conflicts",
      title: "Writers of one catalog get in each other's way",
      urgency: "ticket",
      meaning:
        "More than 30 % of the writes to the records lose to another writer and are tried again: changes become slow, and may be refused.",
      conditions: [
        {
          kind: "promql",
          title: "Lost writes above 30 % over 15 minutes, with more than 50 writes",
          query: `${grown(lost, "15m")} / ${grown(written, "15m")} > 0.3 and ${grown(written, "15m")} > 50`,
        },
      ],
    },
    {
      id: "catalog-damage",
      title: "A catalog cannot be read back",
      urgency: "page",
      meaning:
        "An entry, a log or an object is damaged or missing, or newer than the version that reads it. The person concerned sees errors, or an older state; nothing is overwritten.",
      conditions: [
        { kind: "promql", title: "Damage reported by a service", query: damage("cloud_run_revision") },
        { kind: "promql", title: "Damage reported by a job", query: damage("cloud_run_job") },
      ],
    },
    {
      id: "no-backup",
      title: "No backup for 26 hours",
      urgency: "urgent",
      meaning:
        "Nothing kept a second copy for more than a day: the maintenance job did not succeed once, or changes of the records reached no copy.",
      conditions: [
        {
          kind: "promql",
          title: "The maintenance job has not succeeded for 26 hours",
          query: `${orZero(grown(jobRuns(maintenance.name, "succeeded"), "26h"))} < 1`,
          forMinutes: 10,
          everySeconds: 600,
        },
        ...(buckets.recordsCopy === undefined
          ? []
          : [
              {
                kind: "promql" as const,
                title: "Records changed, and their copy did not for 26 hours",
                query:
                  `${orZero(grown(storageCalls(buckets.recordsCopy.name, writes), "26h"))} < 1` +
                  ` and on () ${grown(written, "24h", [], "2h")} > 0`,
                forMinutes: 10,
                everySeconds: 600,
              },
            ]),
      ],
    },
    {
      id: "maintenance-failures",
      title: "Maintenance fails",
      urgency: "ticket",
      meaning:
        "The maintenance job failed at least three times in an hour: abandoned uploads pile up, deleted photos are purged late, snapshots grow old.",
      conditions: [
        {
          kind: "promql",
          title: "3 failed runs in an hour",
          query: `${grown(jobRuns(maintenance.name, "failed"), "1h")} >= 3`,
        },
      ],
    },
  ];
}
