import { MonitoringCustomService } from "@cdktf/provider-google/lib/monitoring-custom-service/index.js";
import { MonitoringSlo } from "@cdktf/provider-google/lib/monitoring-slo/index.js";
import { Construct } from "constructs";

export interface ObservedServiceProps {
  /** The service's id in Cloud Monitoring: letters, digits and hyphens. */
  readonly name: string;
  readonly displayName: string;
}

/** What objectives are about. Cloud Monitoring shows them together. */
export class ObservedService extends Construct {
  readonly service: MonitoringCustomService;

  constructor(scope: Construct, id: string, { name, displayName }: ObservedServiceProps) {
    super(scope, id);
    this.service = new MonitoringCustomService(this, "service", { serviceId: name, displayName });
  }
}

/** How each request is judged. Filters: https://cloud.google.com/monitoring/api/v3/filters */
export type Indicator =
  /** Requests that `bad` finds among those that `all` finds. */
  | { readonly kind: "share"; readonly all: string; readonly bad: string }
  /** Requests of a distribution that took at most so long. */
  | { readonly kind: "at-most"; readonly distribution: string; readonly limit: number };

export interface ObjectiveProps {
  /** Unique within the service: letters, digits and hyphens. */
  readonly name: string;
  readonly service: ObservedService;
  /** What is promised, as a sentence. */
  readonly promise: string;
  /** The share of good requests, between 0 and 1: 0.999. */
  readonly goal: number;
  readonly indicator: Indicator;
  /** Over how many days, 1 to 30. @default 28: every window has the same weekends */
  readonly days?: number;
}

/** A service level objective. Alerts ask how fast its error budget burns. */
export class Objective extends Construct {
  readonly goal: number;
  readonly slo: MonitoringSlo;
  /** As alerts name it; known after the apply. */
  readonly sloName: string;

  constructor(scope: Construct, id: string, props: ObjectiveProps) {
    super(scope, id);
    const { goal, days = 28, indicator } = props;
    if (!(goal > 0 && goal < 1)) {
      throw new Error(`'goal' must lie between 0 and 1, both excluded (0.999 for 99.9 %), got ${goal}`);
    }
    if (!Number.isInteger(days) || days < 1 || days > 30) {
      throw new Error(`'days' must be a whole number from 1 to 30, got ${days}`);
    }
    this.goal = goal;
    this.slo = new MonitoringSlo(this, "slo", {
      service: props.service.service.serviceId,
      sloId: props.name,
      displayName: props.promise,
      goal,
      rollingPeriodDays: days,
      requestBasedSli:
        indicator.kind === "share"
          ? { goodTotalRatio: { totalServiceFilter: indicator.all, badServiceFilter: indicator.bad } }
          : {
              distributionCut: {
                distributionFilter: indicator.distribution,
                range: { max: indicator.limit },
              },
            },
    });
    this.sloName = this.slo.name;
  }
}
