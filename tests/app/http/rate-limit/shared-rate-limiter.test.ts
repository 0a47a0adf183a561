import { describe, expect, onTestFinished, test } from "vitest";
import { LocalRateLimiter } from "../../../../app/http/rate-limit/local-rate-limiter.ts";
import {
  defaultRequestLimits,
  type RequestLimit,
  type RequestLimits,
} from "../../../../app/http/rate-limit/request-limits.ts";
import { SharedRateLimiter, takeScript } from "../../../../app/http/rate-limit/shared-rate-limiter.ts";
import type { RedisAddress } from "../../../../app/redis/redis-address.ts";
import { RedisLink } from "../../../../app/redis/redis-link.ts";
import { mayRunRedis, needsRedis, startRedis, until } from "../../../local/redis/real-redis.ts";

/** Tests are done in less: the steady rate adds none. */
const slow = { burst: 20, perSecond: 0.001 };

/** One instance of the service. */
async function startInstance(address: RedisAddress, uploads: RequestLimit = slow) {
  const limits: RequestLimits = { ...defaultRequestLimits, uploads };
  const redis = new RedisLink({
    address,
    scripts: [takeScript],
    onState: () => {},
    times: { commandMilliseconds: 10_000, firstPauseMilliseconds: 10, longestPauseMilliseconds: 50 },
  });
  onTestFinished(() => redis.close());
  redis.open();
  await until(() => redis.isHere);
  const limiter = new SharedRateLimiter({ limits, redis, local: new LocalRateLimiter({ limits }) });
  const take = async (person = "anna") => await limiter.take(person, "uploads");
  const allowedOf = async (count: number, person?: string) => {
    const verdicts = await Promise.all(Array.from({ length: count }, () => take(person)));
    return verdicts.filter(({ isAllowed }) => isAllowed).length;
  };
  return { redis, take, allowedOf };
}

describe.skipIf(!mayRunRedis)(`limits over all instances${needsRedis}`, { timeout: 60_000 }, () => {
  test("two instances let through together what one person may send, and no more", async () => {
    const server = await startRedis({ password: "a-password", isEncrypted: true });
    const [one, other] = await Promise.all([startInstance(server.address), startInstance(server.address)]);
    expect(await one.take()).toMatchObject({ isAllowed: true, remaining: 19 });
    expect(await other.take()).toMatchObject({ isAllowed: true, remaining: 18 });
    const allowed = await Promise.all([one.allowedOf(15), other.allowedOf(15)]);
    expect(allowed[0] + allowed[1]).toBe(18);
    const refused = await other.take();
    expect(refused).toMatchObject({ isAllowed: false, remaining: 0 });
    expect(refused.retryMilliseconds).toBeGreaterThan(900_000);
    expect(refused.retryMilliseconds).toBeLessThanOrEqual(1_000_000);
    expect(await one.allowedOf(5, "ben")).toBe(5);
  });

  test("whoever waits as long as Redis says is let through", async () => {
    const server = await startRedis();
    const { take } = await startInstance(server.address, { burst: 2, perSecond: 20 });
    await take();
    await take();
    for (let times = 0; times < 5; times += 1) {
      const { isAllowed, retryMilliseconds } = await take();
      if (isAllowed) continue;
      await new Promise((resolve) => setTimeout(resolve, Math.ceil(retryMilliseconds) + 1));
      expect(await take()).toMatchObject({ isAllowed: true });
    }
  });

  test("keys name no more than the person's id, and go by themselves", async () => {
    const server = await startRedis();
    const { take } = await startInstance(server.address, { burst: 20, perSecond: 0.4 });
    await take();
    expect(server.ask("keys", "imgstream:limit:*")).toBe("imgstream:limit:anna:uploads");
    const left = Number(server.ask("pttl", "imgstream:limit:anna:uploads"));
    expect(left).toBeLessThanOrEqual(2_500);
    await until(() => server.ask("keys", "imgstream:limit:*") === "");
  });

  test("a moment that another clock wrote is no further off than a whole burst", async () => {
    const server = await startRedis();
    const { take } = await startInstance(server.address, { burst: 5, perSecond: 1 });
    server.ask("set", "imgstream:limit:anna:uploads", "99999999999999999");
    expect((await take()).retryMilliseconds).toBeLessThanOrEqual(1_000);
  });

  test("Redis gone in the middle: each instance goes on by itself, and together again once it is back", async () => {
    const server = await startRedis();
    const [one, other] = await Promise.all([startInstance(server.address), startInstance(server.address)]);
    expect(await one.allowedOf(5)).toBe(5);
    await server.kill();
    await until(() => !one.redis.isHere && !other.redis.isHere);
    expect(await one.allowedOf(100)).toBe(15);
    expect(await other.allowedOf(100)).toBe(20);
    await server.start();
    await until(() => one.redis.isHere && other.redis.isHere);
    // Redis has forgotten; what each instance has seen by itself still holds.
    expect((await one.take()).isAllowed).toBe(false);
    expect(await one.allowedOf(12, "ben")).toBe(12);
    expect(await other.allowedOf(12, "ben")).toBe(8);
  });

  test("Redis silent in the middle: nobody waits for long, and the limits of the instance hold", async () => {
    const server = await startRedis();
    const limits = { ...defaultRequestLimits, uploads: slow };
    const redis = new RedisLink({ address: server.address, scripts: [takeScript], onState: () => {} });
    onTestFinished(() => redis.close());
    redis.open();
    await until(() => redis.isHere);
    const limiter = new SharedRateLimiter({ limits, redis, local: new LocalRateLimiter({ limits }) });
    server.freeze();
    const verdicts = await Promise.all(
      Array.from({ length: 100 }, async () => await limiter.take("anna", "uploads")),
    );
    expect(verdicts.filter(({ isAllowed }) => isAllowed)).toHaveLength(20);
    expect(redis.isHere).toBe(false);
  });
});

test("what this instance refuses by itself is not asked of Redis, and what Redis refuses does not count here", async () => {
  const asked: string[] = [];
  const answers: unknown[] = [[1, 1_000_000, 0], [0, 2_000_000, 500_000], "nonsense", undefined];
  const limits: RequestLimits = { ...defaultRequestLimits, uploads: { burst: 3, perSecond: 1 } };
  const limiter = new SharedRateLimiter({
    limits,
    local: new LocalRateLimiter({ limits, now: () => 0 }),
    redis: {
      isHere: true,
      run: async (_script, key) => {
        asked.push(key);
        return answers.shift();
      },
    },
  });
  const take = async () => await limiter.take("anna", "uploads");
  expect(await take()).toEqual({
    isAllowed: true,
    remaining: 2,
    resetMilliseconds: 1_000,
    retryMilliseconds: 0,
  });
  expect(await take()).toEqual({
    isAllowed: false,
    remaining: 0,
    resetMilliseconds: 2_000,
    retryMilliseconds: 500,
  });
  // Without an answer that can be read, this instance's own.
  expect(await take()).toMatchObject({ isAllowed: true, remaining: 1 });
  expect(await take()).toMatchObject({ isAllowed: true, remaining: 0 });
  expect(await take()).toMatchObject({ isAllowed: false, retryMilliseconds: 1_000 });
  expect(asked).toEqual(Array.from({ length: 4 }, () => "limit:anna:uploads"));
});
