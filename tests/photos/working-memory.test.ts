import { expect, test } from "vitest";
import { leastMemory } from "../../environments/size-faults.ts";
import { createWorkingMemory } from "../../app/photos/working-memory.ts";

const mebibyte = 2 ** 20;

test("a worker may decode what its memory allows, web what it can beside other files", async () => {
  const worker = await createWorkingMemory("worker", 2048 * mebibyte).enter(20 * mebibyte);
  expect(worker.promisedBytes).toBe((2048 * 0.75 - 192 - 20) * mebibyte);
  for (const memory of [512, 2048]) {
    const web = await createWorkingMemory("web", memory * mebibyte).enter(30 * mebibyte);
    expect(web.promisedBytes).toBe(160 * mebibyte);
  }
  // The largest upload is taken in; work on it that takes more is left to the worker.
  const largest = await createWorkingMemory("web", 512 * mebibyte).enter(200 * mebibyte);
  expect(largest.promisedBytes).toBe(24 * mebibyte);
});

test("what an environment may give a role at least is enough for it", () => {
  for (const role of ["web", "worker", "maintenance"] as const) {
    expect(() => createWorkingMemory(role, leastMemory[role] * mebibyte)).not.toThrow();
  }
});

test("a process with too little memory for photos says so at its start, rather than failing each of them", () => {
  for (const [role, mebibytes, least] of [
    ["web", 256, 491],
    ["worker", 512, 768],
    ["maintenance", 128, 768],
  ] as const) {
    expect(() => createWorkingMemory(role, mebibytes * mebibyte)).toThrow(
      `This process may use ${mebibytes} MiB of memory, which leaves too little for photos: give it at least ${least} MiB`,
    );
    expect(() => createWorkingMemory(role, least * mebibyte)).not.toThrow();
  }
});
