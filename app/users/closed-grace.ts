const dayMilliseconds = 24 * 3600 * 1000;

/** From an account's closing until its objects are deleted. No writer is as old then: `writerFreshMilliseconds`. */
export const closedGraceMilliseconds = dayMilliseconds;

/**
 * The last day in UTC, such as `2027-01-31`, on which what is deleted at the given time can still be brought back.
 *
 * @param deletedAt milliseconds since 1970
 * @param keptDays of the stores' older versions, soft deletion and backups together; 0 where nothing is kept
 */
export function lastCopiesDate(deletedAt: number, keptDays: number): string {
  return new Date(deletedAt + keptDays * dayMilliseconds).toISOString().slice(0, 10);
}
