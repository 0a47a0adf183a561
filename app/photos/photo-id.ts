import { randomBytes } from "../late-crypto.ts";
import { uuidOf } from "../uuid.ts";

/**
 * A new photo's id: UUID of version 7 (RFC 9562), whose first 48 bits are the time in milliseconds, so that ids
 * made later sort later; 74 bits are random.
 */
export function createPhotoId(now: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  return uuidOf(bytes, 7);
}

/** What ids of photos look like in addresses. */
export const photoIdPattern = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";
