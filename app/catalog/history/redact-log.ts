import { isDeepStrictEqual } from "node:util";
import {
  ObjectDamagedError,
  type ObjectStore,
  OutcomeUnknownError,
  PreconditionFailedError,
} from "../../storage/object-store.ts";
import { Bookmark } from "../protocol/bookmark.ts";
import { DamagedEntryError, type Entry, decodeEntry, withEffects } from "../protocol/entry.ts";
import { DamagedLogError, entryName } from "../protocol/log.ts";
import type { Model } from "../protocol/model.ts";
import { Segments } from "../protocol/segments.ts";
import { dropSnapshotsBefore } from "../protocol/snapshots.ts";
import type { Tables } from "../protocol/tables.ts";
import { logRuns } from "./log-runs.ts";

/** Which effects of which entries tell about what is to be forgotten: by number of the entry, `command/effect`, both from 0. */
export type TellingEffects = ReadonlyMap<number, ReadonlySet<string>>;

/** What is to be forgotten: ids, by the number of the entry that says so. */
export type Forgotten = ReadonlyMap<number, ReadonlySet<string>>;

/** What one kind of log has to forget, and how it is told from the rest. */
export interface Forgetting<T extends Tables, C, E, A> {
  readonly model: Model<T, C, E, A>;
  /** Names what is to be forgotten once this happened; undefined where nothing is. */
  readonly forgotten: (effect: E) => string | undefined;
  /** Only what was to be forgotten by then is forgotten now; milliseconds since 1970. @default whatever the log says */
  readonly upTo?: number;
  /** Whether it may be forgotten now. @default all of it */
  readonly isDue?: (id: string) => boolean | Promise<boolean>;
  /** Goes through the log from its first entry to the last of those that say what is due. */
  readonly finder: (due: Forgotten) => {
    readonly take: (entry: Entry<E>) => void;
    readonly found: TellingEffects;
    /**
     * Entries that an earlier run redacted and that no `due` leads to: it may have been stopped before their segments
     * were made anew. @default none
     */
    readonly silent?: ReadonlySet<number>;
  };
  /** The effect without what it tells; itself where it tells nothing. */
  readonly redact: (effect: E) => E;
}

export interface LogRedactionOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Counts and changes nothing. @default false */
  readonly isDryRun?: boolean;
  /** Looks through the log although that was done a short time ago. @default false */
  readonly isUrgent?: boolean;
  /** For the simulation only: the format has 256. */
  readonly segmentLength?: number;
}

export interface LogRedaction {
  /** Names of what was due, however much of it an earlier run took out. */
  readonly forgotten: readonly string[];
  /** Entries that were rewritten. */
  readonly entries: number;
  /** Snapshots that were older than what is forgotten. */
  readonly snapshots: number;
}

/** A log is looked through at most this often. */
const intervalMilliseconds = 6 * 3600 * 1000;

const tries = 5;

const nothing: LogRedaction = { forgotten: [], entries: 0, snapshots: 0 };

/**
 * Takes what a log tells about what is to be forgotten out of its entries, conditional on each object's generation; then
 * makes the segments that hold them anew and drops snapshots that are older. Number, id and time of an entry stay, and
 * every view made from the log is the same as before. Stopped anywhere and begun again it ends the same.
 *
 * A copy that was begun before and arrives afterwards cannot take the place of a segment made anew, see Segments. Should
 * it come upon one that was lost since, or should an old snapshot come late, the next run finds it: each looks at whether
 * the segments are those that were left, and drops old snapshots again.
 *
 * @throws DamagedLogError, NewerEntryError, or the store's error
 */
export async function redactLog<T extends Tables, C, E, A>(
  store: ObjectStore,
  owner: string,
  forgetting: Forgetting<T, C, E, A>,
  { now, isDryRun = false, isUrgent = false, segmentLength }: LogRedactionOptions,
): Promise<LogRedaction> {
  const bookmark = new Bookmark(store, owner, "redacted");
  const mark = await bookmark.read();
  if (!isUrgent && mark !== undefined && now - Date.parse(mark.at) < intervalMilliseconds) return nothing;
  // A mark of an earlier release, which forgot no uploads, has another name for it: all is gone through once more.
  const { forgotten: redacted = 0, lastPurge: forgottenBefore = 0 } = mark?.sequences ?? {};
  const query = { ...(segmentLength !== undefined && { segmentLength }) };
  const due = await dueIn(store, owner, forgetting, { ...query, after: redacted });
  const lastForgotten = Math.max(due.last, forgottenBefore);
  if (lastForgotten === 0 && due.sequence === redacted) return nothing;
  const segments = new Segments(store, owner, forgetting.model, segmentLength);
  const told = new Set<number>();
  let entries = 0;
  if (due.forgotten.size > 0) {
    const finder = forgetting.finder(due.forgotten);
    const upToLast = { ...query, after: 0, upTo: due.last };
    for await (const run of logRuns(store, owner, forgetting.model, upToLast)) {
      for (const entry of run) finder.take(entry);
    }
    const telling = finder.found;
    for (const sequence of [...telling.keys()].toSorted((one, other) => one - other)) {
      if (await redactEntry(store, owner, sequence, telling, forgetting, isDryRun)) entries++;
      told.add(segments.firstOf(sequence));
    }
    for (const first of [...(finder.silent ?? [])].map((sequence) => segments.firstOf(sequence))) {
      if (mark?.generations?.[first] === undefined) told.add(first);
    }
  }
  const snapshots = await dropSnapshotsBefore(store, owner, lastForgotten, isDryRun);
  if (!isDryRun) {
    const generations = await renewSegments(segments, told, mark?.generations ?? {});
    const sequences = { forgotten: due.sequence, lastPurge: lastForgotten };
    await bookmark.set({ at: new Date(now).toISOString(), sequences, generations });
  }
  return { forgotten: [...due.forgotten.values()].flatMap((names) => [...names]), entries, snapshots };
}

/**
 * Makes those anew whose entries were redacted, and those that are not the ones that earlier runs left.
 *
 * @returns the generations that are left now
 */
async function renewSegments<T extends Tables, C, E, A>(
  segments: Segments<T, C, E, A>,
  told: ReadonlySet<number>,
  left: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const there = await segments.generations();
  const generations: Record<string, string> = {};
  for (const first of new Set([...Object.keys(left).map(Number), ...told])) {
    const before = left[first];
    const isLeft = before !== undefined && !told.has(first) && there.get(first) === before;
    const generation = isLeft ? before : await segments.renew(first);
    if (generation !== undefined) generations[first] = generation;
  }
  return generations;
}

interface Due {
  readonly forgotten: Forgotten;
  /** Number of the last entry that says so; 0 where none does. */
  readonly last: number;
  /** All that is to be forgotten up to this entry is due: there is no need to come back to it. */
  readonly sequence: number;
}

async function dueIn<T extends Tables, C, E, A>(
  store: ObjectStore,
  owner: string,
  {
    model,
    forgotten: forgottenBy,
    upTo = Number.POSITIVE_INFINITY,
    isDue = () => true,
  }: Forgetting<T, C, E, A>,
  query: { readonly after: number; readonly segmentLength?: number },
): Promise<Due> {
  const forgotten = new Map<number, Set<string>>();
  let last = 0;
  let sequence = query.after;
  let isWaiting = false;
  for await (const run of logRuns(store, owner, model, query)) {
    for (const { seq, at, commands } of run) {
      if (Date.parse(at) > upTo) return { forgotten, last, sequence };
      for (const effect of commands.flatMap(({ effects }) => effects)) {
        const id = forgottenBy(effect);
        if (id === undefined) continue;
        if (await isDue(id)) {
          forgotten.set(seq, (forgotten.get(seq) ?? new Set()).add(id));
          last = seq;
        } else isWaiting = true;
      }
      if (!isWaiting) sequence = seq;
    }
  }
  return { forgotten, last, sequence };
}

/** @returns whether there was something to take out */
async function redactEntry<T extends Tables, C, E, A>(
  store: ObjectStore,
  owner: string,
  sequence: number,
  telling: TellingEffects,
  { model, redact }: Forgetting<T, C, E, A>,
  isDryRun: boolean,
): Promise<boolean> {
  const name = entryName(owner, sequence);
  for (let tried = 1; ; tried++) {
    const found = await readEntry(store, owner, sequence, model);
    const redacted = redactedEffects(found.entry, telling, redact);
    if (redacted.size === 0) return tried > 1;
    if (isDryRun) return true;
    try {
      const options = { contentType: "application/json", ifGeneration: found.generation };
      await store.put(name, withEffects(found.bytes, redacted), options);
      return true;
    } catch (error) {
      // What stands there now says whether it was our own put, or somebody else's who redacts.
      const mayBeDone = error instanceof PreconditionFailedError || error instanceof OutcomeUnknownError;
      if (!mayBeDone || tried === tries) throw error;
    }
  }
}

async function readEntry<T extends Tables, C, E, A>(
  store: ObjectStore,
  owner: string,
  sequence: number,
  model: Model<T, C, E, A>,
): Promise<{ readonly entry: Entry<E>; readonly bytes: Uint8Array; readonly generation: string }> {
  const name = entryName(owner, sequence);
  try {
    const found = await store.read(name);
    if (found === undefined) throw new DamagedEntryError(sequence, "is missing");
    const { bytes, object } = found;
    return { entry: decodeEntry(bytes, sequence, model), bytes, generation: object.generation };
  } catch (error) {
    if (!(error instanceof ObjectDamagedError) && !(error instanceof DamagedEntryError)) throw error;
    throw new DamagedLogError(owner, sequence, name, { cause: error });
  }
}

/** What takes the place of the entry's effects that tell, by their places; none once that is done. */
function redactedEffects<E>(
  entry: Entry<E>,
  telling: TellingEffects,
  redact: (effect: E) => E,
): ReadonlyMap<string, E> {
  const redacted = new Map<string, E>();
  for (const place of telling.get(entry.seq) ?? []) {
    const [index, part] = place.split("/").map(Number);
    const effect = entry.commands[index ?? -1]?.effects[part ?? -1];
    const instead = effect && redact(effect);
    if (instead !== undefined && !isDeepStrictEqual(instead, effect)) redacted.set(place, instead);
  }
  return redacted;
}
