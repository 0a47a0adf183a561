/** When the maintenance job runs, in UTC, and with which arguments of the image. */
export interface MaintenanceRun {
  readonly name: string;
  readonly args: readonly string[];
  /** In the five fields of cron. */
  readonly schedule: string;
}

/** The job does all of its tasks at each run: each is harmless to repeat, and quick where there is nothing to do. */
export const maintenanceSchedule: readonly MaintenanceRun[] = [
  { name: "maintenance", args: ["maintenance"], schedule: "*/10 * * * *" },
];
