import type { RedisLink, RedisScript } from "../../redis/redis-link.ts";
import type { LocalRateLimiter } from "./local-rate-limiter.ts";
import type { RateLimiter, Verdict } from "./rate-limiter.ts";
import type { RequestKind, RequestLimits } from "./request-limits.ts";

/**
 * As `LocalRateLimiter` judges, by Redis's clock, in microseconds. Values: between two requests at the steady rate,
 * and of the whole burst. Answers: allowed or not, until all is worked off, until the next one.
 *
 * No moment is further off than a whole burst: one that is was written by another clock, or under a wider limit.
 */
export const takeScript: RedisScript = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, whole = tonumber(ARGV[1]), tonumber(ARGV[2])
local before = math.min(tonumber(redis.call('GET', KEYS[1]) or 0), now + whole)
local moment = math.max(before, now) + interval
local wait = moment - now - whole
if wait >= 1 then return {0, math.ceil(before - now), math.ceil(wait)} end
redis.call('SET', KEYS[1], string.format('%.0f', moment), 'PX', math.ceil((moment - now) / 1000))
return {1, math.ceil(moment - now), 0}`;

export interface SharedRateLimiterOptions {
  readonly limits: RequestLimits;
  /** What this instance lets through at most, and what holds while Redis is away. */
  readonly local: LocalRateLimiter;
  readonly redis: Pick<RedisLink, "run" | "isHere">;
}

/**
 * The limits over all instances: each counts for itself first, and asks Redis about what it would let through. So a
 * flood ends here and does not reach Redis, and whenever Redis is away, the limits of this instance hold.
 */
export class SharedRateLimiter implements RateLimiter {
  readonly #limits: RequestLimits;
  readonly #local: LocalRateLimiter;
  readonly #redis: SharedRateLimiterOptions["redis"];

  constructor({ limits, local, redis }: SharedRateLimiterOptions) {
    this.#limits = limits;
    this.#local = local;
    this.#redis = redis;
  }

  take(person: string, kind: RequestKind): Verdict | Promise<Verdict> {
    const here = this.#local.take(person, kind);
    return here.isAllowed && this.#redis.isHere ? this.#askRedis(person, kind, here) : here;
  }

  async #askRedis(person: string, kind: RequestKind, here: Verdict): Promise<Verdict> {
    const { burst, perSecond } = this.#limits[kind];
    const interval = 1_000_000 / perSecond;
    const answer = await this.#redis.run(takeScript, `limit:${person}:${kind}`, interval, burst * interval);
    const everywhere = readVerdict(answer, burst, interval);
    if (everywhere === undefined) return here;
    if (!everywhere.isAllowed) this.#local.giveBack(person, kind);
    return everywhere;
  }
}

function readVerdict(answer: unknown, burst: number, interval: number): Verdict | undefined {
  if (!Array.isArray(answer)) return undefined;
  const [allowed, reset, retry] = answer.map(Number);
  if (allowed === undefined || reset === undefined || retry === undefined) return undefined;
  const isAllowed = allowed === 1;
  return {
    isAllowed,
    remaining: isAllowed ? Math.max(0, Math.floor(burst - reset / interval)) : 0,
    resetMilliseconds: reset / 1000,
    retryMilliseconds: retry / 1000,
  };
}
