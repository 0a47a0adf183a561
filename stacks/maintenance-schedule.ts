/** When the maintenance job runs which task, in UTC. The task is the job's argument. */
export interface MaintenanceRun {
  readonly task: string;
  /** In the five fields of cron. */
  readonly schedule: string;
}

export const maintenanceSchedule: readonly MaintenanceRun[] = [
  { task: "sweep", schedule: "*/10 * * * *" },
  { task: "synthetic-check", schedule: "*/5 * * * *" },
  { task: "snapshots", schedule: "15 * * * *" },
  { task: "segments", schedule: "30 1 * * *" },
  { task: "purge", schedule: "0 3 * * *" },
  { task: "reconcile", schedule: "0 4 * * *" },
  { task: "statistics", schedule: "0 5 * * *" },
  { task: "backup-check", schedule: "0 6 * * *" },
];

/** Only where people may publish: a share's end is kept within ten minutes. */
export const sharesRun: MaintenanceRun = { task: "shares", schedule: "*/5 * * * *" };
