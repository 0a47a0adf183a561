import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import fastifyPlugin from "fastify-plugin";
import { readingMethods } from "../cross-site.ts";
import { RequestRefusedError } from "../request-refusal.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import type { RequestKind, RequestLimits } from "./request-limits.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What its requests are counted as. @default "reads" for methods that change nothing, else "writes" */
    readonly countedAs?: RequestKind | ((request: FastifyRequest) => RequestKind);
  }
}

export interface RateLimitOptions {
  readonly limiter: RateLimiter;
  /** What the limiter keeps to, for the replies. */
  readonly limits: RequestLimits;
}

/**
 * Limits each person's requests, of every kind for itself, as soon as it is known who asks; addresses are the edge's
 * to limit. Replies say what is left (`ratelimit-limit`, `-remaining`, `-reset`, the last in seconds, as
 * https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-07 has them), refusals when to come
 * again (`retry-after`). Health is answered to anyone and not counted.
 *
 * @throws RequestRefusedError `too-many-requests`
 */
const rateLimit: FastifyPluginAsync<RateLimitOptions> = async (server, { limiter, limits }) => {
  server.addHook("onRequest", async (request, reply) => {
    if (request.routeOptions.config.answersAnyone === true) return;
    const kind = kindOf(request);
    const taken = limiter.take(request.identity.userId, kind);
    const verdict = taken instanceof Promise ? await taken : taken;
    const { burst, perSecond } = limits[kind];
    reply.header("ratelimit-limit", burst);
    reply.header("ratelimit-remaining", verdict.remaining);
    reply.header("ratelimit-reset", secondsOf(verdict.resetMilliseconds));
    if (verdict.isAllowed) return;
    // At least one: whoever comes at once is refused again.
    const seconds = Math.max(1, secondsOf(verdict.retryMilliseconds));
    reply.header("retry-after", seconds);
    throw new RequestRefusedError(
      "too-many-requests",
      `One person may send ${burst} ${kind} at once and ${perSecond} a second: wait ${seconds} s and repeat it`,
    );
  });
};

/** Sums of fractions of a millisecond are off by less than a microsecond. */
function secondsOf(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000 - 1e-6);
}

function kindOf(request: FastifyRequest): RequestKind {
  const { countedAs } = request.routeOptions.config;
  if (typeof countedAs === "function") return countedAs(request);
  return countedAs ?? (readingMethods.has(request.method) ? "reads" : "writes");
}

export default fastifyPlugin(rateLimit, { name: "rate-limit", dependencies: ["identity"] });
