import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { FileTooSlowError, InboxFullError } from "../../app/photos/errors.ts";
import { createInbox } from "../../app/photos/inbox.ts";
import { MemoryBudget } from "../../app/photos/memory-budget.ts";
import { leastBytesPerSecond, paceCheckSeconds } from "../../app/photos/pace.ts";

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** An inbox with room for one file of a thousand bytes at a time, and a clock that the test turns. */
function makeInbox(memory = new MemoryBudget({ totalBytes: 1000 })) {
  const cacheFolder = mkdtempSync(join(tmpdir(), "imgstream-inbox-"));
  const watched = new Set<() => void>();
  const inbox = createInbox({
    cacheFolder,
    memory,
    every: (seconds, work) => {
      expect(seconds).toBe(paceCheckSeconds);
      watched.add(work);
      return () => void watched.delete(work);
    },
  });
  onTestFinished(async () => {
    await inbox.close();
    rmSync(cacheFolder, { recursive: true, force: true });
  });
  const files = () => readdirSync(cacheFolder).flatMap((folder) => readdirSync(join(cacheFolder, folder)));
  const tick = async (times = 1) => {
    for (let time = 0; time < times; time += 1) {
      for (const work of watched) work();
      await settle();
    }
  };
  return { inbox, cacheFolder, files, tick, watched };
}

test("a slow sender has its room while nobody waits for it, and is given up once somebody does", async () => {
  const { inbox, files, tick, watched } = makeInbox();
  const slow = new PassThrough();
  const first = inbox.receive(slow, 1000);
  const outcome = first.catch((error: unknown) => error);
  slow.write("a");
  await expect.poll(files).toHaveLength(1);
  await tick(10);
  slow.write("b");
  await settle();
  const second = inbox.receive(Readable.from([Buffer.from("quick")]), 1000);
  await settle();
  expect(slow.destroyed).toBe(false);
  await tick();
  expect(await outcome).toBeInstanceOf(FileTooSlowError);
  expect(await outcome).toMatchObject({
    code: "file-too-slow",
    message: expect.stringMatching(/arrives at 0\.0 KiB a second.* less than 32\.0 .*POST \/v1\/uploads/),
  });
  const received = await second;
  expect(received.sizeBytes).toBe(5);
  expect(files()).toHaveLength(1);
  expect(watched.size).toBe(0);
});

test("whoever is fast enough on average over the window is not given up, however many wait", async () => {
  const perCheck = leastBytesPerSecond * paceCheckSeconds;
  const memory = new MemoryBudget({ totalBytes: 10 * perCheck });
  const { inbox, files, tick } = makeInbox(memory);
  const steady = new PassThrough({ highWaterMark: 10 * perCheck });
  const first = inbox.receive(steady, 10 * perCheck);
  const second = inbox.receive(Readable.from([Buffer.from("waits")]), 10 * perCheck);
  await expect.poll(files).toHaveLength(1);
  // In fits and starts: two checks' worth at once, then nothing.
  for (let turn = 0; turn < 4; turn += 1) {
    steady.write(Buffer.alloc(2 * perCheck));
    await expect.poll(() => steady.readableLength).toBe(0);
    await tick(2);
  }
  expect(memory.isWanted).toBe(true);
  steady.end();
  const file = await first;
  expect(file.sizeBytes).toBe(8 * perCheck);
  await file.discard();
  await (await second).discard();
  expect(memory.isWanted).toBe(false);
});

test("nothing is judged before a whole window has passed", async () => {
  const { inbox, files, tick } = makeInbox();
  const slow = new PassThrough();
  const first = inbox.receive(slow, 1000);
  const second = inbox.receive(Readable.from([Buffer.from("waits")]), 1000);
  await expect.poll(files).toHaveLength(1);
  await tick(3);
  expect(slow.destroyed).toBe(false);
  slow.end("done");
  await (await first).discard();
  await (await second).discard();
});

test("what is opened only for the inbox is not opened where there is no room", async () => {
  const { inbox } = makeInbox(new MemoryBudget({ totalBytes: 1000 }));
  let isOpened = false;
  const open = async () => {
    isOpened = true;
    return Readable.from([]);
  };
  await expect(inbox.receive(open, 1001)).rejects.toThrow(InboxFullError);
  expect(isOpened).toBe(false);
});

test("what cannot be opened frees its room again", async () => {
  const { inbox, files } = makeInbox();
  const refusal = inbox.receive(() => Promise.reject(new Error("gone meanwhile")), 1000);
  await expect(refusal).rejects.toThrow("gone meanwhile");
  const file = await inbox.receive(async () => Readable.from([Buffer.from("next")]), 1000);
  expect(files()).toHaveLength(1);
  await file.discard();
});

test("what was opened for a file that cannot be written is closed again", async () => {
  const { inbox, cacheFolder } = makeInbox();
  const opened = new PassThrough();
  const refusal = inbox.receive(async () => {
    for (const name of readdirSync(cacheFolder)) rmSync(join(cacheFolder, name), { recursive: true });
    return opened;
  }, 1000);
  await expect(refusal).rejects.toMatchObject({ code: "ENOENT" });
  expect(opened.destroyed).toBe(true);
});

test("a stream that breaks while it waits for room, or is refused, fails by itself and takes nobody along", async () => {
  const memory = new MemoryBudget({ totalBytes: 1000, waiting: 1 });
  const { inbox } = makeInbox(memory);
  const inside = await inbox.receive(Readable.from([Buffer.from("inside")]), 1000);
  const waits = new PassThrough();
  const waiting = inbox.receive(waits, 1000);
  const outcome = waiting.catch((error: unknown) => error);
  const refused = new PassThrough();
  await expect(inbox.receive(refused, 1000)).rejects.toThrow(InboxFullError);
  for (const stream of [waits, refused]) stream.destroy(new Error("the line broke"));
  await settle();
  await inside.discard();
  expect(await outcome).toEqual(new Error("the line broke"));
});
