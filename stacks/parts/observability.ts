import { Construct } from "constructs";
import { AlertPolicy } from "../../constructs/alert-policy.ts";
import { Dashboard } from "../../constructs/dashboard.ts";
import { LogMetric } from "../../constructs/log-metric.ts";
import { MailChannel, existingChannel } from "../../constructs/notification-channel.ts";
import type { Channel } from "../../constructs/notification-channel.ts";
import { Objective, ObservedService } from "../../constructs/objective.ts";
import { UptimeCheck, signInCheck } from "../../constructs/uptime-check.ts";
import type { Environment } from "../../environments/index.ts";
import { alertsOf } from "../../monitoring/alerts.ts";
import { dashboardOf } from "../../monitoring/dashboard.ts";
import { logMetricsOf } from "../../monitoring/log-metrics.ts";
import { objectivesOf } from "../../monitoring/objectives.ts";
import type { Instruments, Watched } from "../../monitoring/watched.ts";

/** What is promised, what is watched, and who is told: the data is in monitoring/, this makes resources of it. */
export class Observability extends Construct {
  readonly alerts: readonly AlertPolicy[];

  constructor(scope: Construct, id: string, environment: Environment, watched: Watched) {
    super(scope, id);
    const metrics = logMetricsOf(watched);
    const requests = new LogMetric(this, "requests", metrics.requests);
    const errors = new LogMetric(this, "errors", metrics.errors);
    const redisAway = metrics.redisAway && new LogMetric(this, "redis-away", metrics.redisAway);
    const instruments: Instruments = {
      metrics: { requests, errors, ...(redisAway && { redisAway }) },
      objectives: this.promise(watched),
      uptime: new UptimeCheck(this, "uptime", {
        displayName: `${watched.host} asks to sign in`,
        projectId: environment.project.id,
        host: watched.host,
        ...signInCheck,
      }),
    };

    const mail = environment.alerts.mail.map(
      (address) => new MailChannel(this, `mail-${address}`, { address }),
    );
    const { pagerChannel, runbooks } = environment.alerts;
    const pager = pagerChannel === undefined ? [] : [existingChannel(pagerChannel)];
    // A scope of their own: an alert may be called what a metric is called.
    const alerts = new Construct(this, "alerts");
    this.alerts = alertsOf(watched, instruments).map(
      ({ id: alert, runbook = alert, ...definition }) =>
        new AlertPolicy(alerts, alert, {
          ...definition,
          runbook: `${runbooks}/${runbook}.md`,
          channels: atLeastOne([...mail, ...(definition.urgency === "page" ? pager : [])]),
          dependsOn: [requests.metric, errors.metric, ...(redisAway ? [redisAway.metric] : [])],
        }),
    );
    new Dashboard(this, "dashboard", {
      displayName: `imgstream ${environment.name}`,
      widgets: [
        ...dashboardOf(watched, instruments),
        {
          kind: "incidents",
          title: "Open incidents",
          policyNames: this.alerts.map(({ policy }) => policy.name),
        },
      ],
    });
  }

  private promise(watched: Watched): Instruments["objectives"] {
    const service = new ObservedService(this, "service", { name: "imgstream", displayName: "ImgStream" });
    const { availability, latency } = objectivesOf(watched);
    return {
      availability: new Objective(this, "availability", { service, ...availability }),
      latency: new Objective(this, "latency", { service, ...latency }),
    };
  }
}

function atLeastOne(channels: readonly Channel[]): readonly [Channel, ...Channel[]] {
  const [first, ...others] = channels;
  if (first === undefined)
    throw new Error("'alerts.mail' must name at least one address: alerts would tell nobody");
  return [first, ...others];
}
