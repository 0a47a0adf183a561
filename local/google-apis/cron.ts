import { Cron } from "croner";

/** One field of unix cron as Cloud Scheduler takes it: no `L`, `W`, `#` or `?`, which other crons know. */
const field = /^(\*|[\dA-Za-z]+(-[\dA-Za-z]+)?)(\/\d+)?(,(\*|[\dA-Za-z]+(-[\dA-Za-z]+)?)(\/\d+)?)*$/;

function parse(schedule: string, timezone: string): Cron | undefined {
  const fields = schedule.trim().split(/\s+/);
  const isPlain = fields.length === 5 && fields.every((one) => field.test(one) && !/^[LlWw]$/.test(one));
  if (!isPlain) return undefined;
  try {
    return new Cron(fields.join(" "), { mode: "5-part", timezone });
  } catch {
    return undefined;
  }
}

/**
 * Whether Cloud Scheduler takes a schedule: five fields of unix cron, or App Engine's English (`every 24 hours`), which
 * is not looked into.
 */
export function isSchedule(schedule: string): boolean {
  return schedule.startsWith("every ") || parse(schedule, "Etc/UTC") !== undefined;
}

/**
 * When a schedule's clock strikes next after a moment.
 *
 * @param timeZone as the IANA names it: `Europe/Berlin`
 * @returns undefined where it never does, and for App Engine's English
 */
export function nextTime(schedule: string, timeZone: string, after: Date): Date | undefined {
  return parse(schedule, timeZone)?.nextRun(after) ?? undefined;
}
