import { createHash } from "node:crypto";

/**
 * The id of what a request makes, as a UUID of version 8 (RFC 9562): the same request of the same person makes the
 * same, however often it is repeated, and nobody else's key leads to it.
 *
 * @param what is made, such as `album`
 */
export function keyedId(what: string, userId: string, idempotencyKey: string): string {
  const bytes = createHash("sha256").update(`${what}\0${userId}\0${idempotencyKey}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const digits = bytes.toString("hex");
  return [8, 12, 16, 20, 32]
    .map((end, part, ends) => digits.slice(part === 0 ? 0 : ends[part - 1], end))
    .join("-");
}
