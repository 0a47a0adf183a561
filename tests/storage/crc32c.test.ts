import { expect, test } from "vitest";
import { Crc32c, crc32cOf } from "../../app/storage/crc32c.ts";
import { folded, foldedBytes, leastFoldedBytes, mostFoldedBytes } from "../../app/storage/crc32c-fold.ts";

const hex = (base64: string) => Buffer.from(base64, "base64").toString("hex");

/** RFC 3720, appendix B.4, in the byte order of Cloud Storage. */
test.each([
  ["32 zeros", Buffer.alloc(32), "8a9136aa"],
  ["32 bytes of ones", Buffer.alloc(32, 0xff), "62a8ab43"],
  ["32 incrementing bytes", Buffer.from(Array.from({ length: 32 }, (_, index) => index)), "46dd794e"],
  ["123456789", Buffer.from("123456789"), "e3069283"],
  ["nothing", Buffer.alloc(0), "00000000"],
])("sums %s as the standard says", (_name, bytes, expected) => {
  expect(hex(crc32cOf(bytes))).toBe(expected);
});

test("pieces of any length sum as the whole", () => {
  const bytes = Buffer.from("the quick brown fox jumps over the lazy dog, twice over");
  for (let cut = 0; cut <= bytes.length; cut++) {
    const pieces = new Crc32c().update(bytes.subarray(0, cut)).update(bytes.subarray(cut));
    expect(pieces.base64()).toBe(crc32cOf(bytes));
  }
});

test("long and short pieces sum as bit by bit", () => {
  const bytes = Buffer.from(Array.from({ length: 10_001 }, (_, index) => (index * index * 31 + 7) & 0xff));
  const expected = bitByBit(bytes);
  expect(hex(crc32cOf(bytes))).toBe(expected);
  for (const cut of [1, 1023, 1024, 2047, 2048, 2049, 4096, 5000, 9999]) {
    const pieces = new Crc32c().update(bytes.subarray(0, cut)).update(bytes.subarray(cut));
    expect(hex(pieces.base64()), `cut at ${cut}`).toBe(expected);
  }
});

/** By another way than any of the sums: one bit after the other. */
function bitByBit(bytes: Uint8Array): string {
  let remainder = 0xffff_ffff;
  for (const byte of bytes) {
    remainder ^= byte;
    for (let bit = 0; bit < 8; bit++)
      remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f6_3b78 : remainder >>> 1;
  }
  return (~remainder >>> 0).toString(16).padStart(8, "0");
}

test("what is shortened sums as bit by bit, at each length's limits and at any place of a buffer", () => {
  const bytes = Buffer.alloc(3 * mostFoldedBytes);
  for (let index = 0, seed = 1; index < bytes.length; index++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = seed >>> 24;
  }
  const lengths = [
    leastFoldedBytes,
    mostFoldedBytes,
    mostFoldedBytes + leastFoldedBytes,
    bytes.length - 20,
  ].flatMap((length) => [-17, -16, -1, 0, 1, 15, 16].map((more) => length + more));
  for (const length of lengths) {
    const some = bytes.subarray(3, 3 + length);
    expect(hex(crc32cOf(some)), `${length} bytes`).toBe(bitByBit(some));
  }
});

test("sums of long pieces that are made in turns do not mix, and leave the pieces as they were", () => {
  const [one, other] = [Buffer.alloc(200_000, "one"), Buffer.alloc(200_000, "the other")];
  const before = [Buffer.from(one), Buffer.from(other)];
  const [sumOfOne, sumOfOther] = [new Crc32c(), new Crc32c()];
  for (let at = 0; at < one.length; at += 65_536) {
    sumOfOne.update(one.subarray(at, at + 65_536));
    sumOfOther.update(other.subarray(at, at + 65_536));
  }
  expect([sumOfOne, sumOfOther].map((sum) => hex(sum.base64()))).toEqual([bitByBit(one), bitByBit(other)]);
  expect([one, other]).toEqual(before);
});

test("a single bit that changes anywhere in a long piece changes the sum", () => {
  const bytes = Buffer.alloc(leastFoldedBytes);
  const sum = crc32cOf(bytes);
  for (let bit = 0; bit < bytes.length * 8; bit += 1021) {
    const changed = Buffer.from(bytes);
    changed[bit >>> 3] = 1 << (bit & 7);
    expect(crc32cOf(changed)).not.toBe(sum);
  }
});

test.each([[foldedBytes - 16], [foldedBytes + 8], [mostFoldedBytes + 16]])(
  "%i bytes cannot be shortened, and that is said",
  (length) => {
    expect(() => folded(Buffer.alloc(length), 0)).toThrow(`received ${length}`);
  },
);

test("the fewest that can be shortened are left as they are but for the sum before", () => {
  const bytes = Buffer.alloc(foldedBytes, "abc");
  expect(Buffer.from(folded(bytes, 0))).toEqual(bytes);
});
