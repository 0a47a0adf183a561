/** What the `maintenance` role was asked to do. */
export interface MaintenanceRequest {
  /** @default every task but those that are done only by name */
  readonly task?: string;
  readonly isDryRun: boolean;
}

/** The words make no sense; the message says which would. */
export class MaintenanceArgumentsError extends Error {}

/**
 * Reads `[TASK] [--dry-run]`, in either order.
 *
 * @throws MaintenanceArgumentsError
 */
export function readMaintenanceArguments(
  words: readonly string[],
  taskNames: readonly string[],
): MaintenanceRequest {
  const usage = `expected [TASK] [--dry-run] with one of ${taskNames.join(", ")} as TASK`;
  const options = words.filter((word) => word.startsWith("-"));
  const names = words.filter((word) => !word.startsWith("-"));
  const unknown = options.find((word) => word !== "--dry-run");
  if (unknown !== undefined) throw new MaintenanceArgumentsError(`There is no option '${unknown}': ${usage}`);
  const [task, second] = names;
  if (second !== undefined)
    throw new MaintenanceArgumentsError(`One task at a time, got ${names.length}: ${usage}`);
  if (task !== undefined && !taskNames.includes(task)) {
    throw new MaintenanceArgumentsError(`There is no task '${task}': ${usage}`);
  }
  return { ...(task !== undefined && { task }), isDryRun: options.length > 0 };
}
