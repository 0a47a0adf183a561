/** From an account's closing until its objects are deleted. No writer is as old then: `writerFreshMilliseconds`. */
export const closedGraceMilliseconds = 24 * 3600 * 1000;
