import type { RateLimiter, Verdict } from "./rate-limiter.ts";
import { type RequestKind, type RequestLimit, type RequestLimits, requestKinds } from "./request-limits.ts";

export interface LocalRateLimiterOptions {
  readonly limits: RequestLimits;
  /** Whoever has asked for nothing longest is forgotten beyond these. @default 10,000, about 2 MB */
  readonly people?: number;
  /** Milliseconds that never go back. @default the process's own clock */
  readonly now?: () => number;
}

/**
 * The limits as one process sees them, in memory that does not grow: for each person and kind one moment, at which
 * what was sent will have been worked off at the steady rate (GCRA: https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm).
 */
export class LocalRateLimiter implements RateLimiter {
  readonly #limits: RequestLimits;
  readonly #people: number;
  readonly #now: () => number;
  /** In the order of their last request; the moments in the order of `requestKinds`. */
  readonly #moments = new Map<string, Float64Array>();

  constructor({ limits, people = 10_000, now = () => performance.now() }: LocalRateLimiterOptions) {
    this.#limits = limits;
    this.#people = people;
    this.#now = now;
  }

  /** How many people are remembered. */
  get size(): number {
    return this.#moments.size;
  }

  take(person: string, kind: RequestKind): Verdict {
    const moments = this.#momentsOf(person);
    const index = requestKinds.indexOf(kind);
    const { moment, verdict } = judge(this.#limits[kind], moments[index] ?? 0, this.#now());
    moments[index] = moment;
    return verdict;
  }

  /** Takes back one that was counted and then refused elsewhere. */
  giveBack(person: string, kind: RequestKind): void {
    const moments = this.#moments.get(person);
    const index = requestKinds.indexOf(kind);
    if (moments !== undefined) moments[index] = (moments[index] ?? 0) - 1000 / this.#limits[kind].perSecond;
  }

  #momentsOf(person: string): Float64Array {
    const known = this.#moments.get(person);
    const moments = known ?? new Float64Array(requestKinds.length);
    if (known !== undefined) this.#moments.delete(person);
    this.#moments.set(person, moments);
    if (this.#moments.size > this.#people) {
      const [longest = person] = this.#moments.keys();
      this.#moments.delete(longest);
    }
    return moments;
  }
}

/** @param before the moment at which everything counted so far is worked off, in the clock's milliseconds */
function judge({ burst, perSecond }: RequestLimit, before: number, now: number) {
  const interval = 1000 / perSecond;
  const whole = burst * interval;
  const moment = Math.max(before, now) + interval;
  const wait = moment - now - whole;
  // Sums of fractions are off by less than this.
  const isAllowed = wait <= 1e-6;
  return {
    moment: isAllowed ? moment : before,
    verdict: {
      isAllowed,
      remaining: isAllowed ? Math.floor((-wait + 1e-6) / interval) : 0,
      resetMilliseconds: isAllowed ? moment - now : before - now,
      retryMilliseconds: isAllowed ? 0 : wait,
    },
  };
}
