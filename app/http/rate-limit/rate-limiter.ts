import type { RequestKind } from "./request-limits.ts";

/** Whether one more request of a person's may pass. */
export interface Verdict {
  readonly isAllowed: boolean;
  /** How many more may follow at once. */
  readonly remaining: number;
  /** Until the whole burst may be sent again. */
  readonly resetMilliseconds: number;
  /** Until the next one may pass; 0 where this one may. */
  readonly retryMilliseconds: number;
}

/** Counts each person's requests by kind. */
export interface RateLimiter {
  /** Counts one more; a refused one counts for nothing. Never rejects. */
  take(person: string, kind: RequestKind): Verdict | Promise<Verdict>;
}
