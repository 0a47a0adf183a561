import { expect, test } from "vitest";
import { isSchedule, nextTime } from "../../../local/google-apis/cron.ts";
import { pauseSeconds } from "../../../local/google-apis/schedule-retry.ts";

function times(schedule: string, zone: string, from: string, count: number): string[] {
  const found: string[] = [];
  let after = new Date(from);
  while (found.length < count) {
    const next = nextTime(schedule, zone, after);
    if (next === undefined) break;
    found.push(next.toISOString());
    after = next;
  }
  return found;
}

test("a schedule strikes at its zone's own time of day, also when the clocks are changed", () => {
  expect(times("20 3 * * *", "Europe/Berlin", "2026-10-24T00:00:00Z", 2)).toEqual([
    "2026-10-24T01:20:00.000Z",
    "2026-10-25T02:20:00.000Z",
  ]);
  expect(times("*/20 9-10 * * 1-5", "Etc/UTC", "2026-11-27T10:30:00Z", 3)).toEqual([
    "2026-11-27T10:40:00.000Z",
    "2026-11-30T09:00:00.000Z",
    "2026-11-30T09:20:00.000Z",
  ]);
  // A day of the month and a day of the week: either.
  expect(times("0 0 1 * MON", "Etc/UTC", "2026-11-28T00:00:00Z", 2)).toEqual([
    "2026-11-30T00:00:00.000Z",
    "2026-12-01T00:00:00.000Z",
  ]);
  expect(times("0 0 30 2 *", "Etc/UTC", "2026-01-01T00:00:00Z", 1)).toEqual([]);
});

test.each(["* * * *", "61 * * * *", "0 24 * * *", "0 0 * * 5#2", "0 0 L * *", "@daily", "0 0 * * FOO", ""])(
  "'%s' is no schedule",
  (schedule) => {
    expect(isSchedule(schedule)).toBe(false);
    expect(nextTime(schedule, "Etc/UTC", new Date(0))).toBeUndefined();
  },
);

test.each(["*/10 * * * *", "20 3 * * *", "0 0 1,15 JAN-MAR *", "every 24 hours"])(
  "'%s' is a schedule",
  (schedule) => {
    expect(isSchedule(schedule)).toBe(true);
  },
);

test("pauses double so many times, then grow by as much each time, and end where it is declared", () => {
  // The example of https://cloud.google.com/scheduler/docs/configuring/retry-jobs
  const config = {
    retryCount: 7,
    minBackoffDuration: "10s",
    maxBackoffDuration: "300s",
    maxDoublings: 3,
    maxRetryDuration: "0s",
  };
  const pauses = Array.from({ length: 8 }, (_, index) => pauseSeconds(config, index + 1, 0));
  expect(pauses).toEqual([10, 20, 40, 80, 160, 240, 300, undefined]);
  expect(pauseSeconds({ retryCount: 0, maxRetryDuration: "0s" }, 1, 0)).toBeUndefined();
  expect(
    pauseSeconds({ retryCount: 0, maxRetryDuration: "60s", minBackoffDuration: "5s" }, 9, 59),
  ).toBeDefined();
  expect(pauseSeconds({ retryCount: 0, maxRetryDuration: "60s" }, 2, 60)).toBeUndefined();
});
