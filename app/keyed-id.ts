import { createHash } from "./late-crypto.ts";
import { uuidOf } from "./uuid.ts";

/**
 * The id of what a request makes, as a UUID of version 8 (RFC 9562): the same request of the same person makes the
 * same, however often it is repeated, and nobody else's key leads to it.
 *
 * @param what is made, such as `album`
 */
export function keyedId(what: string, userId: string, idempotencyKey: string): string {
  const bytes = createHash("sha256").update(`${what}\0${userId}\0${idempotencyKey}`).digest().subarray(0, 16);
  return uuidOf(bytes, 8);
}
