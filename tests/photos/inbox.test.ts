import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { expect, onTestFinished, test, vi } from "vitest";
import { FileTooLargeError, FileTooSlowError, InboxFullError } from "../../app/photos/errors.ts";
import { createInbox } from "../../app/photos/inbox.ts";
import { MemoryBudget } from "../../app/photos/memory-budget.ts";
import { leastBytesPerSecond, paceCheckSeconds } from "../../app/photos/pace.ts";
import {
  ObjectDamagedError,
  PreconditionFailedError,
  StoreUnavailableError,
} from "../../app/storage/object-store.ts";
import { createMemoryStore } from "../app/memory-store.ts";

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

/** A store with one object of a thousand bytes, whose streams are the test's. */
async function makeStore(opened: () => Promise<Readable | undefined>) {
  const store = createMemoryStore();
  const object = await store.put("kept", Buffer.alloc(1000, "k"));
  store.openRead = async () => {
    const stream = await opened();
    return stream && { stream, object };
  };
  return store;
}

test("what a store has is fetched whole, with what the store says of it", async () => {
  const { inbox } = makeInbox();
  const store = createMemoryStore();
  const object = await store.put("kept", Buffer.from("kept bytes"));
  const fetched = await inbox.fetch(store, "kept");
  expect(fetched).toMatchObject({ object, file: { sizeBytes: 10 } });
  expect(readFileSync(fetched?.file.path ?? "", "utf8")).toBe("kept bytes");
  await fetched?.file.discard();
  const empty = await store.put("empty", Buffer.of());
  expect(await inbox.fetch(store, "empty")).toMatchObject({ object: empty, file: { sizeBytes: 0 } });
});

test("what a store has is not opened where there is no room for it", async () => {
  const { inbox } = makeInbox(new MemoryBudget({ totalBytes: 999 }));
  let isOpened = false;
  const store = await makeStore(async () => {
    isOpened = true;
    return Readable.from([]);
  });
  await expect(inbox.fetch(store, "kept")).rejects.toThrow(InboxFullError);
  expect(isOpened).toBe(false);
});

test("what is gone, or cannot be opened, or is another by then, frees its room again", async () => {
  const { inbox, files } = makeInbox();
  expect(await inbox.fetch(createMemoryStore(), "kept")).toBeUndefined();
  const gone = await makeStore(async () => undefined);
  expect(await inbox.fetch(gone, "kept")).toBeUndefined();
  const away = await makeStore(() => Promise.reject(new StoreUnavailableError("kept")));
  await expect(inbox.fetch(away, "kept")).rejects.toThrow(StoreUnavailableError);
  const replaced = createMemoryStore();
  const object = await replaced.put("kept", Buffer.alloc(1000));
  replaced.stat = async () => ({ ...object, generation: "0" });
  await expect(inbox.fetch(replaced, "kept")).rejects.toThrow(PreconditionFailedError);
  expect(files()).toEqual([]);
  const file = await inbox.receive(Readable.from([Buffer.from("next")]), 1000);
  expect(files()).toHaveLength(1);
  await file.discard();
});

test("what was opened for a file that cannot be written is closed again", async () => {
  const { inbox, cacheFolder } = makeInbox();
  await (await inbox.receive(Readable.from([]), 1)).discard();
  const opened = new PassThrough();
  const store = await makeStore(async () => {
    for (const name of readdirSync(cacheFolder)) rmSync(join(cacheFolder, name), { recursive: true });
    rmSync(cacheFolder, { recursive: true });
    writeFileSync(cacheFolder, "no folder");
    return opened;
  });
  await expect(inbox.fetch(store, "kept")).rejects.toMatchObject({ code: "ENOTDIR" });
  expect(opened.destroyed).toBe(true);
  rmSync(cacheFolder);
});

test("a store that is slow keeps its room, however many wait for it", async () => {
  const memory = new MemoryBudget({ totalBytes: 1000 });
  const { inbox, files, tick, watched } = makeInbox(memory);
  const slow = new PassThrough();
  const first = inbox.fetch(await makeStore(async () => slow), "kept");
  await expect.poll(files).toHaveLength(1);
  const second = inbox.receive(Readable.from([Buffer.from("waits")]), 1000);
  await expect.poll(() => memory.isWanted).toBe(true);
  slow.write("a");
  await tick(20);
  expect([slow.destroyed, watched.size]).toEqual([false, 0]);
  slow.end("b");
  const fetched = await first;
  expect(fetched?.file.sizeBytes).toBe(2);
  await fetched?.file.discard();
  await (await second).discard();
});

test("of what a store stops sending the store is told to be at fault, not the file, and its room is free", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const { inbox, files } = makeInbox();
  const stalled = new PassThrough();
  const store = await makeStore(async () => stalled);
  const outcome = inbox.fetch(store, "kept").catch((error: unknown) => error);
  stalled.write("a");
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1), { interval: 1 });
  await vi.advanceTimersByTimeAsync(29_000);
  stalled.write("b");
  await settle();
  await vi.advanceTimersByTimeAsync(29_000);
  expect(stalled.destroyed).toBe(false);
  await vi.advanceTimersByTimeAsync(1000);
  const error = await outcome;
  expect(error).toBeInstanceOf(StoreUnavailableError);
  expect(error).toMatchObject({
    objectName: "kept",
    cause: { message: "nothing more of it came for 30 seconds" },
  });
  expect(files()).toEqual([]);
  await (await inbox.receive(Readable.from([Buffer.from("next")]), 1000)).discard();
});

test("a store that breaks off is told to be at fault; what it says of the object is passed on", async () => {
  const { inbox, files } = makeInbox();
  const failing = (error: Error) => makeStore(async () => new PassThrough().destroy(error));
  const broken = inbox.fetch(await failing(new TypeError("terminated")), "kept");
  await expect(broken).rejects.toMatchObject({ code: "store-unavailable", cause: { message: "terminated" } });
  const damaged = inbox.fetch(await failing(new ObjectDamagedError("kept", "is another")), "kept");
  await expect(damaged).rejects.toThrow(ObjectDamagedError);
  const larger = inbox.fetch(await makeStore(async () => Readable.from([Buffer.alloc(1001)])), "kept");
  await expect(larger).rejects.toMatchObject({
    code: "store-unavailable",
    cause: expect.any(FileTooLargeError),
  });
  expect(files()).toEqual([]);
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
