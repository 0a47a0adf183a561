import { expect, test } from "vitest";
import { PicturesBusyError } from "../../app/pictures/errors.ts";
import { createWorkGate } from "../../app/pictures/work-gate.ts";

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
  const second = gate.run(async () => {
    hasRun = true;
  }, leaving.signal);
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
  await expect(gate.run(async () => "never", AbortSignal.abort())).rejects.toThrow("aborted");
});

test("jobs run at once only as their memory allows, in order of arrival", async () => {
  const gate = createWorkGate({ concurrent: 3, memoryBytes: 100 });
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const start = (name: string, bytes: number, signal?: AbortSignal) =>
    gate.run(
      () => {
        begun.push(name);
        return new Promise<void>((resolve) => ends.set(name, resolve));
      },
      signal,
      bytes,
    );
  const end = async (name: string) => {
    ends.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const leaving = new AbortController();
  const jobs = [start("a", 60), start("b", 30), start("large", 70), start("small", 10)];
  const given = start("larger than all", 1000, leaving.signal);
  jobs.push(start("last", 10));
  await end("");
  expect(begun).toEqual(["a", "b"]);
  await end("b");
  expect(begun).toEqual(["a", "b"]);
  await end("a");
  expect(begun).toEqual(["a", "b", "large", "small"]);
  await end("small");
  expect(begun).toHaveLength(4);
  leaving.abort();
  await expect(given).rejects.toThrow("aborted");
  await end("");
  expect(begun.at(-1)).toBe("last");
  await end("large");
  await end("last");
  await Promise.all(jobs);
  const alone = start("larger than all", 1000);
  await end("");
  expect(begun.at(-1)).toBe("larger than all");
  await end("larger than all");
  await alone;
});
