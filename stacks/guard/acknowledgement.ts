import type { AcknowledgedChange, Environment } from "../../environments/index.ts";
import type { DestructiveChange } from "./destructive-change.ts";

export interface JudgedChange extends DestructiveChange {
  /** Why it may happen; absent when nobody said that it may. */
  readonly acknowledged?: string;
  /** Why an acknowledgement that stands there does not count. */
  readonly refused?: string;
}

const shortestReason = 20;

function findFault({ reason, until }: AcknowledgedChange, today: string): string | undefined {
  if (reason.trim().length < shortestReason) {
    return `its reason must have at least ${shortestReason} characters, got ${JSON.stringify(reason)}`;
  }
  const day = /^\d{4}-\d{2}-\d{2}$/.test(until) ? new Date(`${until}T00:00:00Z`) : undefined;
  if (day === undefined || Number.isNaN(day.getTime()))
    return `'until' must be a day such as 2027-01-31, got '${until}'`;
  return until < today ? `it held until ${until}, and today is ${today}` : undefined;
}

/**
 * Says of each change whether somebody means it.
 *
 * @param environment whose plan it is; `undefined` when the plan is of none of ours: then nothing is acknowledged
 * @param today as `2027-01-31`
 */
export function judge(
  changes: readonly DestructiveChange[],
  acknowledgements: readonly AcknowledgedChange[],
  environment: Environment | undefined,
  today: string,
): readonly JudgedChange[] {
  return changes.map((change) => {
    if (environment?.retire === true) {
      return { ...change, acknowledged: `environments/${environment.name}.ts says retire: true` };
    }
    const entry = acknowledgements.find(
      (one) => one.address === change.address && one.environment === environment?.name,
    );
    if (entry === undefined) return change;
    const refused = findFault(entry, today);
    return refused === undefined ? { ...change, acknowledged: entry.reason } : { ...change, refused };
  });
}
