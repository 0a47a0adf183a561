import type { Alert } from "../alert.ts";
import { checksPassed } from "../metric-filters.ts";
import { series } from "../promql.ts";
import type { Instruments, Watched } from "../watched.ts";

/** What checkers around the world see. */
export function reachabilityAlerts(watched: Watched, { uptime }: Instruments): readonly Alert[] {
  return [
    {
      id: "unreachable",
      title: `${watched.host} cannot be reached`,
      urgency: "page",
      meaning:
        "Of the checkers around the world fewer than 40 % were asked to sign in within three minutes. The check proves DNS, certificate, load balancer and identity proxy, and nothing of the service behind.",
      conditions: [
        {
          kind: "threshold",
          title: "Fewer than 40 % of the checks succeed over 3 minutes",
          filter: checksPassed(uptime.checkId),
          align: "ALIGN_FRACTION_TRUE",
          periodMinutes: 3,
          reduce: "REDUCE_MEAN",
          comparison: "below",
          limit: 0.4,
        },
      ],
    },
    {
      id: "certificate",
      title: "The certificate is not being renewed",
      urgency: "urgent",
      meaning:
        "The certificate that people are shown runs out in less than 20 days. Google renews it 30 days before: something keeps it from doing so.",
      conditions: [
        {
          kind: "promql",
          title: "Fewer than 20 days left",
          query: `min(${series("monitoring.googleapis.com/uptime_check/time_until_ssl_cert_expires", "uptime_url", { check_id: uptime.checkId })}) < 20`,
          forMinutes: 10,
        },
      ],
    },
  ];
}
