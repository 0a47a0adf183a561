import { randomBytes } from "node:crypto";

/**
 * A new photo's id: UUID of version 7 (RFC 9562), whose first 48 bits are the time in milliseconds, so that ids
 * made later sort later; 74 bits are random.
 */
export function createPhotoId(now: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const digits = bytes.toString("hex");
  return [8, 12, 16, 20, 32]
    .map((end, part, ends) => digits.slice(part === 0 ? 0 : ends[part - 1], end))
    .join("-");
}

/** What ids of photos look like in addresses. */
export const photoIdPattern = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";
