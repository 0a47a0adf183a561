import { objectPrefixes } from "../runtime-contract.ts";
import type { ObjectStore } from "../storage/object-store.ts";

/** Where a walk over people is, so that one that was stopped is gone on with instead of begun anew. */
export interface WalkPosition {
  /** What the walk before had reached, or undefined where it came to its end. */
  read(): Promise<string | undefined>;
  /** The walk has come past this; kept now and then. */
  note(reached: string): Promise<void>;
  /** The walk has come to its end. */
  forget(): Promise<void>;
}

/** So much of a walk is done again at most. */
const noteSeconds = 10;

/**
 * Keeps it in an object of its own among what vanishes by itself after two days.
 *
 * @param tasks whose walk it is: another set of tasks has another position
 */
export function createWalkPosition(
  uploads: ObjectStore,
  tasks: readonly string[],
  now: () => number = () => performance.now(),
): WalkPosition {
  const name = `${objectPrefixes.walks}${tasks.join("+")}.json`;
  let notedAt = now();
  let isKept = false;
  return {
    async read() {
      const found = await uploads.read(name);
      if (found === undefined) return undefined;
      isKept = true;
      return readReached(found.bytes);
    },
    async note(reached) {
      if (now() - notedAt < noteSeconds * 1000) return;
      const body = Buffer.from(JSON.stringify({ version: 1, reached }));
      await uploads.put(name, body, { contentType: "application/json" });
      notedAt = now();
      isKept = true;
    },
    async forget() {
      if (isKept) await uploads.delete(name);
    },
  };
}

/** A damaged one costs a whole walk. */
function readReached(bytes: Uint8Array): string | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    const reached: unknown =
      typeof value === "object" && value !== null ? Reflect.get(value, "reached") : undefined;
    return typeof reached === "string" ? reached : undefined;
  } catch {
    return undefined;
  }
}
