import { array, assert, double, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { LocalRateLimiter } from "../../../../app/http/rate-limit/local-rate-limiter.ts";
import { defaultRequestLimits } from "../../../../app/http/rate-limit/request-limits.ts";

function limiterOf(burst: number, perSecond: number, people?: number) {
  const clock = { now: 5_000 };
  const limits = { ...defaultRequestLimits, uploads: { burst, perSecond } };
  const limiter = new LocalRateLimiter({ limits, now: () => clock.now, ...(people && { people }) });
  return { limiter, clock, take: (person = "anna") => limiter.take(person, "uploads") };
}

test("lets a burst through, then the steady rate, and says when to come again", () => {
  const { take, clock } = limiterOf(3, 2);
  expect([take(), take(), take()].map(({ isAllowed, remaining }) => [isAllowed, remaining])).toEqual([
    [true, 2],
    [true, 1],
    [true, 0],
  ]);
  expect(take()).toEqual({
    isAllowed: false,
    remaining: 0,
    resetMilliseconds: 1500,
    retryMilliseconds: 500,
  });
  clock.now += 499;
  expect(take().isAllowed).toBe(false);
  clock.now += 1;
  expect(take()).toMatchObject({ isAllowed: true, remaining: 0, retryMilliseconds: 0 });
  expect(take().isAllowed).toBe(false);
  clock.now += 1_000_000;
  expect([take(), take(), take(), take()].map(({ isAllowed }) => isAllowed)).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

test("refused ones count for nothing: who comes again when told to is let through", () => {
  const { take, clock } = limiterOf(1, 1);
  take();
  for (let again = 0; again < 100; again += 1) expect(take().isAllowed).toBe(false);
  clock.now += 1000;
  expect(take().isAllowed).toBe(true);
});

test("counts each person and each kind for themselves", () => {
  const { limiter, take } = limiterOf(1, 1);
  expect(take("anna").isAllowed).toBe(true);
  expect(take("anna").isAllowed).toBe(false);
  expect(take("ben").isAllowed).toBe(true);
  expect(limiter.take("anna", "reads").isAllowed).toBe(true);
});

test("what is given back may be sent again", () => {
  const { limiter, take } = limiterOf(1, 1);
  take();
  limiter.giveBack("anna", "uploads");
  limiter.giveBack("nobody", "uploads");
  expect(take().isAllowed).toBe(true);
});

test("remembers so many people, and forgets whoever has asked for nothing longest", () => {
  const { limiter, take } = limiterOf(1, 1, 2);
  take("anna");
  take("ben");
  expect(take("anna").isAllowed).toBe(false);
  take("clara");
  expect(limiter.size).toBe(2);
  expect(take("anna").isAllowed).toBe(false);
  expect(take("ben").isAllowed).toBe(true);
});

test("never lets more through than the burst and the rate, however requests come", () => {
  assert(
    property(
      integer({ min: 1, max: 50 }),
      integer({ min: 1, max: 1000 }),
      array(double({ min: 0, max: 2000, noNaN: true }), { minLength: 1, maxLength: 200 }),
      (burst, perSecond, pauses) => {
        const { take, clock } = limiterOf(burst, perSecond);
        const began = clock.now;
        let allowed = 0;
        for (const pause of pauses) {
          clock.now += pause;
          const { isAllowed, remaining, retryMilliseconds } = take();
          if (isAllowed) allowed += 1;
          expect(allowed).toBeLessThanOrEqual(burst + ((clock.now - began) / 1000) * perSecond + 1e-6);
          expect(remaining).toBeLessThan(burst);
          if (isAllowed) continue;
          // Whoever waits as long as told is let through.
          clock.now += retryMilliseconds + 1e-6;
          expect(take().isAllowed).toBe(true);
          allowed += 1;
        }
      },
    ),
  );
});

test("five thousand photos are paced, not refused: a sender that waits as told is done at the steady rate", () => {
  const { burst, perSecond } = defaultRequestLimits.uploads;
  const { take, clock } = limiterOf(burst, perSecond);
  const began = clock.now;
  for (let sent = 0; sent < 5_000;) {
    const { isAllowed, retryMilliseconds } = take();
    if (isAllowed) sent += 1;
    else clock.now += Math.ceil(retryMilliseconds / 1000) * 1000;
  }
  const minutes = (clock.now - began) / 60_000;
  expect(minutes).toBeGreaterThan(7);
  expect(minutes).toBeLessThan(9);
});
