import type { Crc32c } from "./crc32c.ts";

/** Holds what a body's own stream failed with, to be told apart from what the store failed with. */
export interface BodyFault {
  error?: unknown;
}

/** The body's bytes as they pass, summed where that is wanted. */
export async function* summed(
  chunks: AsyncIterable<unknown> | Iterable<unknown>,
  checksum: Crc32c | undefined,
  fault: BodyFault,
): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of chunks) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      if (!(bytes instanceof Uint8Array)) {
        throw new TypeError(`Expected bytes or text for the body's chunks but received ${typeof chunk}`);
      }
      checksum?.update(bytes);
      yield bytes;
    }
  } catch (error) {
    fault.error = error;
    throw error;
  }
}
