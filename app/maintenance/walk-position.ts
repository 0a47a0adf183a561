import type { FastifyBaseLogger } from "fastify";
import { randomUUID } from "../late-crypto.ts";
import { objectPrefixes } from "../runtime-contract.ts";
import type { ObjectStore } from "../storage/object-store.ts";

/** Where a walk over people is, so that one that was stopped is gone on with instead of begun anew. Never rejects. */
export interface WalkPosition {
  /** What a walk that was stopped had reached, once; undefined where the walk is to begin with the first person. */
  read(): Promise<string | undefined>;
  /** The walk has come past this; kept now and then. */
  note(reached: string): Promise<void>;
  /** The walk has come to its end. */
  forget(): Promise<void>;
}

export interface WalkPositionOptions {
  /** Told what could not be read or kept: it costs a whole walk at most. */
  readonly log: Pick<FastifyBaseLogger, "warn">;
  /** @default the system's clock, milliseconds */
  readonly now?: () => number;
}

interface Note {
  readonly run: string;
  /** When it was kept, in milliseconds since 1970. */
  readonly time: number;
  readonly reached: string;
}

/** So much of a walk is done again at most. */
const noteSeconds = 10;

/** Whose note is older was stopped, or is long at one person; to go over people twice is harmless. */
const stoppedSeconds = 60;

/**
 * Keeps it in an object of its own among what vanishes by itself after two days. A note is gone once it was read: where
 * the walk is stopped again before it keeps another, perhaps by the same person, the next begins with the first. While
 * another run's walk is under way, the note is that one's.
 *
 * @param tasks whose walk it is: another set of tasks has another position
 */
export function createWalkPosition(
  uploads: ObjectStore,
  tasks: readonly string[],
  { log, now = Date.now }: WalkPositionOptions,
): WalkPosition {
  const name = `${objectPrefixes.walks}${tasks.join("+")}.json`;
  const run = randomUUID();
  let notedAt = now();
  let isKept = false;

  function isOfOtherUnderWay(note: Note | undefined): boolean {
    if (note === undefined || note.run === run) return false;
    return Math.abs(now() - note.time) < stoppedSeconds * 1000;
  }

  async function load() {
    const found = await uploads.read(name);
    return found && { note: readNote(found.bytes), generation: found.object.generation };
  }

  /** A walk without its position is whole all the same. */
  async function asHint<T>(step: () => Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      log.warn({ err: error, objectName: name }, "the walk goes on without its position");
      return undefined;
    }
  }

  return {
    read: () =>
      asHint(async () => {
        const found = await load();
        if (found === undefined || isOfOtherUnderWay(found.note)) return undefined;
        await uploads.delete(name, { ifGeneration: found.generation });
        return found.note?.reached;
      }),
    note: (reached) =>
      asHint(async () => {
        const time = now();
        if (time - notedAt < noteSeconds * 1000) return;
        notedAt = time;
        const found = await load();
        if (isOfOtherUnderWay(found?.note)) return;
        const body = Buffer.from(JSON.stringify({ version: 2, run, time, reached }));
        const only = found === undefined ? { ifAbsent: true } : { ifGeneration: found.generation };
        isKept = true;
        await uploads.put(name, body, { contentType: "application/json", ...only });
      }),
    forget: () =>
      asHint(async () => {
        const found = isKept ? await load() : undefined;
        if (found?.note?.run === run) await uploads.delete(name, { ifGeneration: found.generation });
      }),
  };
}

/** A damaged one costs a whole walk. */
function readNote(bytes: Uint8Array): Note | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    if (typeof value !== "object" || value === null) return undefined;
    const [run, time, reached]: unknown[] = ["run", "time", "reached"].map((key) => Reflect.get(value, key));
    if (typeof run !== "string" || typeof time !== "number" || typeof reached !== "string") return undefined;
    return { run, time, reached };
  } catch {
    return undefined;
  }
}
