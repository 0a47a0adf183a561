import { array, assert, asyncProperty, boolean, integer, record } from "fast-check";
import { expect, test, vi } from "vitest";
import { InboxFullError } from "../../app/photos/errors.ts";
import { MemoryBudget } from "../../app/photos/memory-budget.ts";

const settle = () => new Promise((resolve) => setImmediate(resolve));

async function pause(turns = 0): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await settle();
}

/** Enters, and says once it is in. */
function entering(budget: MemoryBudget, names: string[], name: string, bytes: number, signal?: AbortSignal) {
  const share = budget.enter(bytes, signal);
  share.then(
    () => names.push(name),
    () => names.push(`${name} refused`),
  );
  return share;
}

test("a file enters once the most that work on it may take can be had as well", async () => {
  const budget = new MemoryBudget({ totalBytes: 100, workBytes: 60 });
  const inside: string[] = [];
  const first = await entering(budget, inside, "first", 20);
  const second = await entering(budget, inside, "second", 20);
  const third = entering(budget, inside, "third", 20);
  await settle();
  expect(inside).toEqual(["first", "second"]);
  expect(first.tryTake(60)).toBe(true);
  expect(second.tryTake(10)).toBe(false);
  first.endWork();
  expect(() => second.tryTake(61)).toThrow("Expected at most the promised 60 bytes but received 61");
  expect(second.tryTake(10)).toBe(true);
  await settle();
  expect(inside).toHaveLength(2);
  first.release();
  first.release();
  await third;
});

test("what is known of a file lets others in: that it is smaller, and that less is needed for it", async () => {
  const budget = new MemoryBudget({ totalBytes: 100 });
  const inside: string[] = [];
  const first = await entering(budget, inside, "first", 50);
  expect(first.promisedBytes).toBe(50);
  const second = entering(budget, inside, "second", 20);
  const third = entering(budget, inside, "third", 20);
  first.promiseLess(40);
  await settle();
  expect(inside).toEqual(["first"]);
  first.shrink(20);
  await settle();
  expect(inside).toEqual(["first", "second"]);
  (await second).promiseLess(0);
  await third;
});

test("whoever is inside and waits to take more has it before anybody else comes in", async () => {
  const budget = new MemoryBudget({ totalBytes: 100, workBytes: 50 });
  const first = await budget.enter(10);
  const second = await budget.enter(10);
  expect(first.tryTake(50)).toBe(true);
  let isTold = false;
  second.onRoom(() => {
    isTold ||= second.tryTake(50);
  });
  expect(second.tryTake(50)).toBe(false);
  const inside: string[] = [];
  const small = entering(budget, inside, "small", 1);
  await settle();
  expect(inside).toEqual([]);
  first.endWork();
  expect(isTold).toBe(true);
  await small;
});

test("small files overtake one that does not fit yet, but not for ever", async () => {
  const budget = new MemoryBudget({ totalBytes: 100, workBytes: 0 });
  const inside: string[] = [];
  const held = await entering(budget, inside, "held", 50);
  void entering(budget, inside, "large", 60);
  const small = Array.from({ length: 12 }, (_, index) => entering(budget, inside, `small ${index}`, 1));
  await settle();
  expect(inside).toHaveLength(1 + 8);
  held.release();
  await Promise.all(small);
  expect(inside[9]).toBe("large");
});

test("too many who wait, too long a wait and what could never come in are refused; who gives up leaves", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const budget = new MemoryBudget({ totalBytes: 100, workBytes: 0, waiting: 2, waitSeconds: 30 });
    await expect(budget.enter(101)).rejects.toBeInstanceOf(InboxFullError);
    const held = await budget.enter(100);
    const leaving = new AbortController();
    const waiting = [budget.enter(10), budget.enter(10, leaving.signal)];
    await expect(budget.enter(10)).rejects.toBeInstanceOf(InboxFullError);
    leaving.abort(new Error("gone"));
    await expect(waiting[1]).rejects.toThrow("gone");
    await expect(budget.enter(10, leaving.signal)).rejects.toThrow("gone");
    vi.advanceTimersByTime(30_000);
    await expect(waiting[0]).rejects.toBeInstanceOf(InboxFullError);
    const last = budget.enter(10);
    held.release();
    expect((await last).promisedBytes).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test("whatever files come and need, all come to their end and never take more than there is", async () => {
  const file = record({
    bytes: integer({ min: 1, max: 60 }),
    smaller: integer({ min: 0, max: 30 }),
    needed: integer({ min: 0, max: 100 }),
    isToldBefore: boolean(),
    turns: array(integer({ min: 0, max: 4 }), { minLength: 4, maxLength: 4 }),
  });
  await assert(
    asyncProperty(array(file, { maxLength: 20 }), integer({ min: 0, max: 100 }), async (files, workBytes) => {
      const budget = new MemoryBudget({ totalBytes: 100, workBytes });
      let taken = 0;
      let most = 0;
      const take = (bytes: number) => {
        taken += bytes;
        most = Math.max(most, taken);
      };
      await Promise.all(
        files.map(async ({ bytes, smaller, needed, isToldBefore, turns }) => {
          await pause(turns[0]);
          const share = await budget.enter(bytes);
          take(bytes);
          await pause(turns[1]);
          const shrunk = Math.min(smaller, bytes);
          take(-shrunk);
          share.shrink(shrunk);
          const wanted = Math.min(needed, share.promisedBytes);
          if (isToldBefore) share.promiseLess(wanted);
          await pause(turns[2]);
          await new Promise<void>((resolve) => {
            const tryOnce = () => {
              if (share.tryTake(wanted)) resolve();
            };
            share.onRoom(tryOnce);
            tryOnce();
          });
          take(wanted);
          await pause(turns[3]);
          take(-wanted);
          share.endWork();
          take(shrunk - bytes);
          share.release();
        }),
      );
      expect(taken).toBe(0);
      expect(most).toBeLessThanOrEqual(100);
    }),
    { numRuns: 300 },
  );
});
