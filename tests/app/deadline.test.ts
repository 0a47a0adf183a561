import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { DeadlineExceededError, withDeadline } from "../../app/deadline.ts";

test("gives what comes of the work in time, and abandons nothing", async () => {
  const abandoned: string[] = [];
  const abandon = () => void abandoned.push("work");
  expect(await withDeadline(Promise.resolve("answer"), 5, abandon)).toBe("answer");
  await expect(withDeadline(Promise.reject(new RangeError("no")), 5, abandon)).rejects.toThrow(RangeError);
  await pause(20);
  expect(abandoned).toEqual([]);
});

test("abandons the work once it is too late; what becomes of it then is nobody's", async () => {
  const { promise, reject } = Promise.withResolvers<never>();
  const abandon = () => reject(new Error("abandoned"));
  await expect(withDeadline(promise, 5, abandon)).rejects.toThrow(DeadlineExceededError);
});

test("an answer that arrived while this process was busy counts", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const waiting = withDeadline(promise, 5);
  setImmediate(() => resolve("answer"));
  const end = performance.now() + 20;
  while (performance.now() < end);
  expect(await waiting).toBe("answer");
});
