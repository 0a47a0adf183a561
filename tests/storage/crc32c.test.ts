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
