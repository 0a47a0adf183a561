import { expect, test } from "vitest";
import { Crc32c, crc32cOf } from "../../app/storage/crc32c.ts";

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
  let remainder = 0xffff_ffff;
  for (const byte of bytes) {
    remainder ^= byte;
    for (let bit = 0; bit < 8; bit++)
      remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f6_3b78 : remainder >>> 1;
  }
  const expected = (~remainder >>> 0).toString(16).padStart(8, "0");
  expect(hex(crc32cOf(bytes))).toBe(expected);
  for (const cut of [1, 1023, 1024, 2047, 2048, 2049, 4096, 5000, 9999]) {
    const pieces = new Crc32c().update(bytes.subarray(0, cut)).update(bytes.subarray(cut));
    expect(hex(pieces.base64()), `cut at ${cut}`).toBe(expected);
  }
});
