import { createHash, randomBytes } from "node:crypto";
import { expect, test, vi } from "vitest";
import { sha256Of } from "../../app/web/upload/file-sum.ts";

test.each([0, 1, 63, 64, 262_143, 262_144, 262_145, 3_500_000])(
  "the sum of %i bytes is SHA-256 of the whole",
  async (length) => {
    const bytes = randomBytes(length);
    const expected = createHash("sha256").update(bytes).digest("hex");
    expect(await sha256Of(new Blob([bytes]))).toBe(expected);
  },
);

test("no more than a piece of the file is in memory at once", async () => {
  const file = new Blob([randomBytes(5_000_000)]);
  const whole = vi.spyOn(file, "arrayBuffer");
  const slices = vi.spyOn(file, "slice");
  await sha256Of(file);
  expect(whole).not.toHaveBeenCalled();
  expect(slices.mock.calls.map(([first = 0, end = 0]) => end - first)).toEqual(Array(20).fill(262_144));
});

test("who no longer waits for it ends it", async () => {
  const gone = new AbortController();
  const file = new Blob([randomBytes(3_000_000)]);
  const slices = vi.spyOn(file, "slice").mockImplementationOnce((...range) => {
    gone.abort(new Error("cancelled"));
    return new Blob([randomBytes(Number(range[1]))]);
  });
  await expect(sha256Of(file, gone.signal)).rejects.toThrow("cancelled");
  expect(slices).toHaveBeenCalledTimes(1);
});
