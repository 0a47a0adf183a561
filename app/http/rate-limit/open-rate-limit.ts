import type { FastifyBaseLogger } from "fastify";
import { RedisLink } from "../../redis/redis-link.ts";
import type { RedisAddress } from "../../redis/redis-address.ts";
import { LocalRateLimiter } from "./local-rate-limiter.ts";
import type { RateLimitOptions } from "./rate-limit-plugin.ts";
import type { RequestLimits } from "./request-limits.ts";
import { SharedRateLimiter, takeScript } from "./shared-rate-limiter.ts";

export interface RateLimitSettings {
  readonly requestLimits: RequestLimits;
  /** Undefined: each instance counts for itself. */
  readonly redis: RedisAddress | undefined;
  /** Of the server, once it is there. */
  readonly log: () => FastifyBaseLogger;
}

export interface OpenRateLimit extends RateLimitOptions {
  /** Begins to count together with other instances, where there is Redis; until then this one counts for itself. */
  readonly share: () => Promise<void>;
  readonly close: () => void;
}

/** Limits in this process's memory, and over all instances where the environment has Redis. */
export function openRateLimit({
  requestLimits: limits,
  redis: address,
  log,
}: RateLimitSettings): OpenRateLimit {
  const local = new LocalRateLimiter({ limits });
  if (address === undefined) return { limits, limiter: local, share: async () => {}, close: () => {} };
  const redis = new RedisLink({
    address,
    scripts: [takeScript],
    // monitoring/log-metrics.ts counts these by `redis`.
    onState: ({ isHere, cause }) => {
      if (isHere) log().info({ redis: "here" }, "Redis answers: limits hold over all instances");
      else log().warn({ redis: "away", err: cause }, "Redis does not answer: limits hold for each instance");
    },
  });
  return {
    limits,
    limiter: new SharedRateLimiter({ limits, local, redis }),
    share: async () => redis.open(),
    close: () => redis.close(),
  };
}
