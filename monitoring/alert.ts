import type { AlertCondition } from "../constructs/alert-condition.ts";
import type { Urgency } from "../constructs/alert-policy.ts";

/** One alert of the photo service. */
export interface Alert {
  /** Kebab-case, stable: it is part of a Terraform address, and the runbook's name unless told otherwise. */
  readonly id: string;
  readonly title: string;
  readonly urgency: Urgency;
  /** What it means for people, in one or two sentences. */
  readonly meaning: string;
  readonly conditions: readonly [AlertCondition, ...AlertCondition[]];
  /** @default any */
  readonly combine?: "all" | "any";
  /** The file under docs/runbooks, without `.md`. @default the alert's id */
  readonly runbook?: string;
}
