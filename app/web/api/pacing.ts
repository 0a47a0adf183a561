import { RefusedError } from "./failure.ts";

/** What stands before the service, and refuses too many requests without saying until when. */
const unsaidSeconds = 10;
/** However long somebody is told to wait, it is asked again by then. */
const mostSeconds = 60;

/**
 * How long to wait where there were too many requests of this person's; undefined for every other fault. Too many open
 * uploads, say, do not pass by waiting alone.
 */
export function secondsToWait(error: unknown): number | undefined {
  if (!(error instanceof RefusedError) || error.status !== 429) return undefined;
  // What stands before the service gives no code.
  if (error.code !== "" && error.code !== "too-many-requests") return undefined;
  return Math.min(Math.max(error.retryAfterSeconds ?? unsaidSeconds, 1), mostSeconds);
}

/** A change was not made, or nobody knows whether: the same request under the same key is safe, and soon goes well. */
const unmade: ReadonlySet<string> = new Set([
  "catalog-busy",
  "catalog-closed",
  "commit-failed",
  "commit-outcome-unknown",
]);

function secondsToRepeat(error: unknown): number | undefined {
  const isUnmade = error instanceof RefusedError && error.status === 503 && unmade.has(error.code);
  return isUnmade ? Math.min(error.retryAfterSeconds ?? 1, unsaidSeconds) : secondsToWait(error);
}

/** How often a request is repeated before a person is told. */
const mostRepeats = 5;

/**
 * Asks, and again where there were too many requests, or a change could not be written just then, once the service says
 * that it may be: the person waits a little and is told nothing.
 *
 * @param wait resolves later; the page's own timer
 */
export async function askInTurn<T>(
  ask: () => Promise<T>,
  wait: (seconds: number) => Promise<void>,
): Promise<T> {
  for (let repeats = 0; ; repeats += 1) {
    try {
      return await ask();
    } catch (error) {
      const seconds = secondsToRepeat(error);
      if (seconds === undefined || repeats >= mostRepeats) throw error;
      await wait(seconds);
    }
  }
}
