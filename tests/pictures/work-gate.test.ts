import { expect, test } from "vitest";
import { PicturesBusyError } from "../../app/pictures/errors.ts";
import { MemoryBudget } from "../../app/photos/memory-budget.ts";
import { type WorkOptions, createWorkGate } from "../../app/pictures/work-gate.ts";

test("no more jobs run at once than allowed, and they run in order of arrival", async () => {
  const gate = createWorkGate({ concurrent: 2, waiting: 10 });
  const order: number[] = [];
  let running = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      gate.run(async () => {
        most = Math.max(most, ++running);
        order.push(index);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
      }),
    ),
  );
  expect(most).toBe(2);
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test("who finds every place and every place to wait taken is refused", async () => {
  const gate = createWorkGate({ concurrent: 1, waiting: 1 });
  const { resolve: open, promise: opened } = Promise.withResolvers<void>();
  const first = gate.run(() => opened);
  const second = gate.run(async () => "second");
  await expect(gate.run(async () => "third")).rejects.toBeInstanceOf(PicturesBusyError);
  open();
  await first;
  expect(await second).toBe("second");
  expect(await gate.run(async () => "later")).toBe("later");
});

test("a job that fails gives its place back", async () => {
  const gate = createWorkGate({ concurrent: 1, waiting: 0 });
  await expect(gate.run(() => Promise.reject(new Error("fault")))).rejects.toThrow("fault");
  expect(await gate.run(async () => "next")).toBe("next");
});

test("who gives up waiting leaves the queue and never runs", async () => {
  const gate = createWorkGate({ concurrent: 1, waiting: 1 });
  const { resolve: open, promise: opened } = Promise.withResolvers<void>();
  const first = gate.run(() => opened);
  const leaving = new AbortController();
  let hasRun = false;
  const second = gate.run(
    async () => {
      hasRun = true;
    },
    { signal: leaving.signal },
  );
  leaving.abort();
  await expect(second).rejects.toThrow("aborted");
  const third = gate.run(async () => "third");
  await expect(gate.run(async () => "fourth")).rejects.toBeInstanceOf(PicturesBusyError);
  open();
  await first;
  expect(await third).toBe("third");
  expect(hasRun).toBe(false);
});

test("who has given up before does not even wait", async () => {
  const gate = createWorkGate({ concurrent: 1 });
  await expect(gate.run(async () => "never", { signal: AbortSignal.abort() })).rejects.toThrow("aborted");
});

/** Jobs that are begun and ended by name. */
function startJobs(concurrent: number) {
  const gate = createWorkGate({ concurrent });
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    start: (name: string, options: WorkOptions) =>
      gate.run(() => {
        begun.push(name);
        return new Promise<void>((resolve) => ends.set(name, resolve));
      }, options),
    end: async (name: string) => {
      ends.get(name)?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test("jobs run at once only as their memory allows, and who waits for it keeps nobody waiting", async () => {
  const { begun, start, end } = startJobs(3);
  const budget = new MemoryBudget({ totalBytes: 100, workBytes: 70 });
  const shares = [await budget.enter(10), await budget.enter(10), await budget.enter(10)];
  const leaving = new AbortController();
  const jobs = [
    start("a", { memory: shares[0], bytes: 60 }),
    start("large", { memory: shares[1], bytes: 70 }),
    start("small", { memory: shares[2], bytes: 10 }),
    start("without", {}),
  ];
  const given = start("given up", { signal: leaving.signal });
  leaving.abort();
  await expect(given).rejects.toThrow("aborted");
  expect(begun).toEqual(["a", "small", "without"]);
  await end("small");
  expect(begun).toHaveLength(3);
  await end("a");
  expect(begun.at(-1)).toBe("large");
  await end("without");
  await end("large");
  await Promise.all(jobs);
  expect(shares[1]?.promisedBytes).toBe(0);
});

test("of jobs that run only one at a time, the next begins when one has ended, and others run beside it", async () => {
  const { begun, start, end } = startJobs(3);
  const jobs = [
    start("first", { isSingle: true }),
    start("second", { isSingle: true }),
    start("other", {}),
    start("third", { isSingle: true }),
  ];
  await end("");
  expect(begun).toEqual(["first", "other"]);
  await end("first");
  expect(begun.at(-1)).toBe("second");
  await end("second");
  expect(begun.at(-1)).toBe("third");
  await end("other");
  await end("third");
  await Promise.all(jobs);
});
