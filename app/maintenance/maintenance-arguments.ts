import type { ReportForm } from "./report.ts";

/** What the `maintenance` role was asked to do. */
export interface MaintenanceRequest {
  /** @default every task but those that are done only by name */
  readonly task?: string;
  readonly isDryRun: boolean;
  /** Print a report at the end, and the log to standard error. @default the log alone, to standard output */
  readonly report?: ReportForm;
}

/** The words make no sense; the message says which would. */
export class MaintenanceArgumentsError extends Error {}

const reportForms: Readonly<Record<string, ReportForm>> = {
  "--report=text": "text",
  "--report=json": "json",
};

/**
 * Reads `[TASK] [--dry-run] [--report=text|json]`, in any order.
 *
 * @throws MaintenanceArgumentsError
 */
export function readMaintenanceArguments(
  words: readonly string[],
  taskNames: readonly string[],
): MaintenanceRequest {
  const usage = `expected [TASK] [--dry-run] [--report=text|json] with one of ${taskNames.join(", ")} as TASK`;
  const options = words.filter((word) => word.startsWith("-"));
  const names = words.filter((word) => !word.startsWith("-"));
  const unknown = options.find((word) => word !== "--dry-run" && reportForms[word] === undefined);
  if (unknown !== undefined) throw new MaintenanceArgumentsError(`There is no option '${unknown}': ${usage}`);
  const [task, second] = names;
  if (second !== undefined)
    throw new MaintenanceArgumentsError(`One task at a time, got ${names.length}: ${usage}`);
  if (task !== undefined && !taskNames.includes(task)) {
    throw new MaintenanceArgumentsError(`There is no task '${task}': ${usage}`);
  }
  const report = options.map((word) => reportForms[word]).find((form) => form !== undefined);
  return {
    ...(task !== undefined && { task }),
    ...(report !== undefined && { report }),
    isDryRun: options.includes("--dry-run"),
  };
}
