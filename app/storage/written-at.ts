import type { StoredObject } from "./object-store.ts";

/**
 * When an object was written, in milliseconds since 1970. Generations are that moment: in microseconds in Cloud
 * Storage, in nanoseconds on disk.
 */
export function writtenAt({ generation }: Pick<StoredObject, "generation">): number {
  return Number(generation.slice(0, 13));
}
