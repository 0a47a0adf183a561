/** When the maintenance job runs, in UTC, and with which arguments of the image. */
export interface MaintenanceRun {
  readonly name: string;
  readonly args: readonly string[];
  /** In the five fields of cron. */
  readonly schedule: string;
}

/** The usual tasks are harmless to repeat, and quick where there is nothing to do; comparing everything is for the night. */
export const maintenanceSchedule: readonly MaintenanceRun[] = [
  { name: "maintenance", args: ["maintenance"], schedule: "*/10 * * * *" },
  { name: "reconcile", args: ["maintenance", "reconcile"], schedule: "20 3 * * *" },
];
