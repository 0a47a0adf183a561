import { expect, test } from "vitest";
import { RefusedError, SignedOutError, UnreachableError } from "../../app/web/api/failure.ts";
import type { PhotoJson } from "../../app/web/api/photo-json.ts";
import { type SendOptions, type SentPhoto, UploadQueue } from "../../app/web/upload/upload-queue.ts";
import { samplePhoto } from "./photo-sample.ts";

interface Attempt extends SendOptions {
  readonly name: string;
  readonly answer: (photo: PhotoJson, isNew?: boolean) => void;
  readonly fail: (error: unknown) => void;
}

function makeQueue(wait: (seconds: number) => Promise<void> = async () => {}) {
  const attempts: Attempt[] = [];
  const added: string[] = [];
  const ended: string[] = [];
  const waited: number[] = [];
  let signedOut = 0;
  const queue = new UploadQueue({
    send: async (file, options) => {
      const step = () =>
        new Promise<SentPhoto>((answer, fail) => {
          attempts.push({
            name: file.name,
            answer: (photo, isNew = true) => answer({ photo, isNew }),
            fail,
            ...options,
          });
          options.signal.addEventListener("abort", () => fail(new DOMException("cancelled", "AbortError")));
        });
      try {
        return await options.repeat(step);
      } finally {
        ended.push(file.name);
      }
    },
    wait: (seconds) => {
      waited.push(seconds);
      return wait(seconds);
    },
    onAdded: ({ filename }) => void added.push(filename),
    onSignedOut: () => void (signedOut += 1),
    maximumBytes: 1_000_000,
  });
  const states = () => queue.uploads.value.map(({ file, state }) => `${file.name} ${state.kind}`);
  return { queue, attempts, added, ended, waited, states, signedOutTimes: () => signedOut };
}

const file = (name: string, size = 10) => new File([new Uint8Array(size)], name);
const tooMany = () => new RefusedError(429, "Too many requests at once.", {}, "4");
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("three files go at once, the next when one is done", async () => {
  const { queue, attempts, added, states } = makeQueue();
  queue.add(["a", "b", "c", "d", "e"].map((name) => file(name)));
  expect(attempts.map(({ name }) => name)).toEqual(["a", "b", "c"]);
  attempts[1]?.answer(samplePhoto({ filename: "b" }));
  await settle();
  expect(attempts.map(({ name }) => name)).toEqual(["a", "b", "c", "d"]);
  expect(added).toEqual(["b"]);
  expect(states()).toEqual(["a sending", "b done", "c sending", "d sending", "e waiting"]);
});

test("progress is told for each file", () => {
  const { queue, attempts } = makeQueue();
  queue.add([file("a"), file("b")]);
  const [first] = queue.uploads.value;
  attempts[1]?.onProgress(0.25);
  // The same object: its row is not drawn anew.
  expect(queue.uploads.value[0]).toBe(first);
  expect(queue.uploads.value.map(({ state }) => state)).toEqual([
    { kind: "sending", fraction: 0 },
    { kind: "sending", fraction: 0.25 },
  ]);
});

test("an unreachable service is tried again under the same key, with growing pauses, then a person is asked", async () => {
  const { queue, attempts, waited } = makeQueue();
  queue.add([file("a")]);
  for (let attempt = 0; attempt < 6; attempt += 1) {
    attempts[attempt]?.fail(new UnreachableError());
    await settle();
  }
  expect(waited).toEqual([1, 2, 4, 8, 15]);
  expect(new Set(attempts.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  expect(queue.uploads.value[0]?.state).toMatchObject({ kind: "failed", canRetry: true });
  queue.retry(queue.uploads.value[0]?.id ?? "");
  expect(attempts).toHaveLength(7);
});

test("a busy service is asked again when it says", async () => {
  const { queue, attempts, waited, states } = makeQueue();
  queue.add([file("a")]);
  attempts[0]?.fail(new RefusedError(503, "busy", {}, "7"));
  await settle();
  attempts[1]?.answer(samplePhoto());
  await settle();
  expect(waited).toEqual([7]);
  expect(states()).toEqual(["a done"]);
});

test("too many at once: all wait together, as often as it takes, and go on where they were", async () => {
  const waits = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const told: number[] = [];
  const { queue, attempts, states } = makeQueue(async (seconds) => {
    told.push(seconds);
    await waits[told.length - 1]?.promise;
  });
  queue.add(["a", "b", "c", "d"].map((name) => file(name)));
  attempts[0]?.fail(tooMany());
  attempts[1]?.fail(tooMany());
  attempts[2]?.answer(samplePhoto());
  await settle();
  expect(told).toEqual([4]);
  expect(states()).toEqual(["a retrying", "b retrying", "c done", "d waiting"]);
  waits[0]?.resolve();
  await settle();
  expect(
    attempts
      .slice(3)
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(["a", "b", "d"]);
  for (const attempt of attempts.slice(3)) attempt.fail(tooMany());
  await settle();
  expect(told).toEqual([4, 4]);
  waits[1]?.resolve();
  await settle();
  for (const attempt of attempts.slice(6)) attempt.answer(samplePhoto());
  await settle();
  expect(states()).toEqual(["a done", "b done", "c done", "d done"]);
});

test("being paced is no fault: a file that meets it a hundred times is uploaded all the same", async () => {
  const { queue, attempts, states } = makeQueue();
  queue.add([file("a")]);
  for (let time = 0; time < 100; time += 1) {
    attempts[time]?.fail(tooMany());
    await settle();
  }
  expect(states()).toEqual(["a sending"]);
  attempts[100]?.answer(samplePhoto());
  await settle();
  expect(states()).toEqual(["a done"]);
  expect(new Set(attempts.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
});

test("a file that is taken out while all wait is not sent afterwards", async () => {
  const waiting = Promise.withResolvers<void>();
  const { queue, attempts, states } = makeQueue(() => waiting.promise);
  queue.add([file("a"), file("b")]);
  attempts[0]?.fail(tooMany());
  await settle();
  queue.remove(queue.uploads.value[0]?.id ?? "");
  waiting.resolve();
  await settle();
  expect(attempts).toHaveLength(2);
  expect(states()).toEqual(["b sending"]);
});

test("a refused file is said in the service's words and not tried again", async () => {
  const { queue, attempts } = makeQueue();
  queue.add([file("a")]);
  attempts[0]?.fail(new RefusedError(422, "This is not a picture.", { code: "not-a-picture" }));
  await settle();
  expect(queue.uploads.value[0]?.state).toEqual({
    kind: "failed",
    message: "This is not a picture.",
    canRetry: false,
  });
  expect(attempts).toHaveLength(1);
});

test("a photo that is here already is said as such", async () => {
  const { queue, attempts, added, states } = makeQueue();
  queue.add([file("a")]);
  attempts[0]?.answer(samplePhoto({ filename: "a" }), false);
  await settle();
  expect(states()).toEqual(["a duplicate"]);
  expect(added).toEqual(["a"]);
});

test("a photo that is here in the trash is not shown until it is brought back", async () => {
  const { queue, attempts, added } = makeQueue();
  queue.add([file("a")]);
  const trashed = samplePhoto({ deleted_at: "2026-11-23T08:30:00.000Z" });
  attempts[0]?.answer(trashed, false);
  await settle();
  expect(added).toEqual([]);
  expect(queue.uploads.value[0]?.state).toEqual({ kind: "duplicate", photo: trashed });
  queue.noteRestored(trashed);
  expect(queue.uploads.value[0]?.state).toMatchObject({ photo: { deleted_at: null } });
});

test("a photo that is deleted for good leaves nothing behind that offers to bring it back", async () => {
  const { queue, attempts, states } = makeQueue();
  queue.add(["a", "b", "c"].map((name) => file(name)));
  const trashed = samplePhoto({ id: "trashed", deleted_at: "2026-11-23T08:30:00.000Z" });
  attempts[0]?.answer(trashed, false);
  attempts[1]?.answer(samplePhoto({ id: "other" }));
  await settle();
  queue.noteDeleted("trashed");
  expect(states()).toEqual(["b done", "c sending"]);
});

test("an ended session stops the queue and loses nothing of it", async () => {
  const { queue, attempts, states, signedOutTimes } = makeQueue();
  queue.add(["a", "b", "c", "d"].map((name) => file(name)));
  for (const attempt of attempts) attempt.fail(new SignedOutError());
  await settle();
  expect(states()).toEqual(["a waiting", "b waiting", "c waiting", "d waiting"]);
  expect(attempts).toHaveLength(3);
  expect(signedOutTimes()).toBeGreaterThan(0);
  queue.resume();
  expect(attempts.slice(3).map(({ name }) => name)).toEqual(["a", "b", "c"]);
});

test("taking a file out cancels it and lets the next one go", async () => {
  const { queue, attempts, states } = makeQueue();
  queue.add(["a", "b", "c", "d"].map((name) => file(name)));
  queue.remove(queue.uploads.value[0]?.id ?? "");
  await settle();
  expect(attempts[0]?.signal.aborted).toBe(true);
  expect(states()).toEqual(["b sending", "c sending", "d sending"]);
});

test("a file that is taken out between two attempts is given up at once, and not when the pause is over", async () => {
  const { queue, attempts, ended, states } = makeQueue(() => new Promise(() => {}));
  queue.add(["busy", "paced"].map((name) => file(name)));
  attempts[0]?.fail(new UnreachableError());
  attempts[1]?.fail(tooMany());
  await settle();
  expect([states(), ended]).toEqual([["busy retrying", "paced retrying"], []]);
  for (const { id } of queue.uploads.value) queue.remove(id);
  await settle();
  expect([attempts.length, ended, states()]).toEqual([2, ["busy", "paced"], []]);
});

test.each([
  ["failed", (queue: UploadQueue, id: string) => queue.remove(id)],
  ["failed", (queue: UploadQueue) => queue.clearFinished()],
  ["waiting", (queue: UploadQueue, id: string) => queue.remove(id)],
])("one that was begun and is shown as %s is cancelled when it is taken out", async (kind, takeOut) => {
  const { queue, attempts, states } = makeQueue();
  queue.add([file("a")]);
  attempts[0]?.fail(kind === "waiting" ? new SignedOutError() : new RefusedError(500, "broken", {}));
  await settle();
  expect([states(), attempts[0]?.signal.aborted]).toEqual([[`a ${kind}`], false]);
  takeOut(queue, queue.uploads.value[0]?.id ?? "");
  expect([states(), attempts[0]?.signal.aborted]).toEqual([[], true]);
});

test("one that became a photo is cancelled by nothing", async () => {
  const { queue, attempts, states } = makeQueue();
  queue.add(["a", "b", "c"].map((name) => file(name)));
  for (const { name, answer } of attempts) answer(samplePhoto({ id: name }), name !== "c");
  await settle();
  queue.remove(queue.uploads.value[0]?.id ?? "");
  queue.noteDeleted("b");
  queue.clearFinished();
  expect(states()).toEqual([]);
  expect(attempts.map(({ signal }) => signal.aborted)).toEqual([false, false, false]);
});

test("what is too large or empty is refused without being sent", () => {
  const { queue, attempts } = makeQueue();
  queue.add([file("large", 1_000_001), file("empty", 0)]);
  expect(queue.uploads.value.map(({ state }) => state)).toMatchObject([
    { kind: "failed", canRetry: false },
    { kind: "failed", message: "This file is empty.", canRetry: false },
  ]);
  expect(attempts).toEqual([]);
});

test("clearing takes out what has ended and leaves what is under way", async () => {
  const { queue, attempts, states } = makeQueue();
  queue.add([file("a"), file("b"), file("empty", 0)]);
  attempts[0]?.answer(samplePhoto());
  await settle();
  queue.clearFinished();
  expect(states()).toEqual(["b sending"]);
});
