import { type JsonObject, textAt } from "./engine/json.ts";

/** Google's durations in JSON: seconds, with an `s`. */
function seconds(value: JsonObject, name: string, otherwise: number): number {
  const given = /^(\d+(?:\.\d+)?)s$/.exec(textAt(value, name))?.[1];
  return given === undefined ? otherwise : Number(given);
}

/**
 * How long Cloud Scheduler waits after an attempt that failed, in seconds: from the shortest pause, doubled so many
 * times, then longer by as much each time, never more than the longest
 * (https://cloud.google.com/scheduler/docs/configuring/retry-jobs).
 *
 * @param failed how many attempts failed by now, at least 1
 * @param sinceFirst seconds since the first attempt
 * @returns undefined where it gives up
 */
export function pauseSeconds(
  retryConfig: JsonObject,
  failed: number,
  sinceFirst: number,
): number | undefined {
  const most = Number(retryConfig["retryCount"] ?? 0);
  const longest = seconds(retryConfig, "maxRetryDuration", 0);
  if (most === 0 && longest === 0) return undefined;
  if (most !== 0 && failed > most) return undefined;
  if (longest !== 0 && sinceFirst >= longest) return undefined;
  const shortest = seconds(retryConfig, "minBackoffDuration", 5);
  const doublings = Number(retryConfig["maxDoublings"] ?? 5);
  const doubled = Math.min(failed - 1, doublings);
  const pause = shortest * 2 ** doubled * (1 + (failed - 1 - doubled));
  return Math.min(pause, seconds(retryConfig, "maxBackoffDuration", 3600));
}

/** How long one attempt may take. */
export function attemptSeconds(job: JsonObject): number {
  return seconds(job, "attemptDeadline", 180);
}
