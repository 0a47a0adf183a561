import { MonitoringAlertPolicy } from "@cdktf/provider-google/lib/monitoring-alert-policy/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { conditionFields } from "./alert-condition.ts";
import type { AlertCondition } from "./alert-condition.ts";
import type { Channel } from "./notification-channel.ts";

/** `page`: wakes somebody. `urgent`: today. `ticket`: this week. */
export type Urgency = "page" | "urgent" | "ticket";

export interface AlertPolicyProps {
  /** What incidents are called; unique in the project. */
  readonly title: string;
  readonly urgency: Urgency;
  /** What it means for people and what to do first, in Markdown, at most 8,000 characters. */
  readonly meaning: string;
  /** The address of what to look at and how to mend it. */
  readonly runbook: string;
  readonly conditions: readonly [AlertCondition, ...AlertCondition[]];
  /** Whether all conditions must hold or one is enough. @default any */
  readonly combine?: "all" | "any";
  /** Who is told. An alert that tells nobody is no alert. */
  readonly channels: readonly [Channel, ...Channel[]];
  /** Told again about the same thing at the earliest after this, for conditions on log entries. @default 60 */
  readonly notifyAgainMinutes?: number;
  /** An incident without data closes after this. @default 60; at least 30 */
  readonly closeAfterMinutes?: number;
  /** Beside those that an Aspect sweeps over the stack. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** What must be there before it, such as a metric made of log entries. @default nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

const severities = { page: "CRITICAL", urgent: "ERROR", ticket: "WARNING" } as const;

const longestMeaning = 8_000;

/** An alert of Cloud Monitoring that says how urgent it is, whom it tells and what to do. */
export class AlertPolicy extends Construct {
  readonly policy: MonitoringAlertPolicy;

  constructor(scope: Construct, id: string, props: AlertPolicyProps) {
    super(scope, id);
    const { title, meaning, runbook, conditions, channels, closeAfterMinutes = 60 } = props;
    if (!runbook.startsWith("https://")) {
      throw new Error(`'runbook' of the alert '${title}' must be an https address, got '${runbook}'`);
    }
    if (meaning.length > longestMeaning) {
      throw new Error(
        `'meaning' of the alert '${title}' must have at most ${longestMeaning} characters, got ${meaning.length}: ` +
          "put the rest into the runbook",
      );
    }
    if (closeAfterMinutes < 30) {
      throw new Error(`'closeAfterMinutes' must be at least 30, got ${closeAfterMinutes}`);
    }
    const matchesLog = conditions.some(({ kind }) => kind === "log-match");
    if (matchesLog && conditions.length > 1) {
      throw new Error(
        `The alert '${title}' has a log-match condition and ${conditions.length - 1} more: Google takes it only alone`,
      );
    }
    this.policy = new MonitoringAlertPolicy(this, "policy", {
      displayName: title,
      severity: severities[props.urgency],
      combiner: (props.combine ?? "any") === "all" ? "AND" : "OR",
      conditions: conditions.map((condition, at) => conditionFields(condition, `${ruleName(id)}_${at + 1}`)),
      notificationChannels: channels.map(({ name }) => name),
      documentation: {
        content: meaning,
        mimeType: "text/markdown",
        subject: title,
        links: [{ displayName: "Runbook", url: runbook }],
      },
      alertStrategy: {
        autoClose: `${closeAfterMinutes * 60}s`,
        notificationPrompts: ["OPENED", "CLOSED"],
        ...(matchesLog && {
          notificationRateLimit: { period: `${(props.notifyAgainMinutes ?? 60) * 60}s` },
          // An entry in the log never ends: there is nothing to tell when it "closes".
          notificationPrompts: ["OPENED"],
        }),
      },
      userLabels: { alert: id, urgency: props.urgency, ...props.labels },
      dependsOn: [...(props.dependsOn ?? [])],
    });
  }
}

/** A name that Prometheus takes: `web-errors` becomes `web_errors`. */
function ruleName(id: string): string {
  return id.replaceAll(/[^a-zA-Z0-9_]/g, "_");
}
