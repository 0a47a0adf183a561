import { isDeepStrictEqual } from "node:util";
import {
  ObjectDamagedError,
  type ObjectStore,
  OutcomeUnknownError,
  PreconditionFailedError,
} from "../../storage/object-store.ts";
import type { Command } from "../command.ts";
import type { Effect } from "../person/effects.ts";
import { type PersonAnswer, personModel } from "../person/person-model.ts";
import { redactEffect } from "../person/redact-effect.ts";
import type { PersonTables } from "../person/tables.ts";
import { Bookmark } from "../protocol/bookmark.ts";
import { DamagedEntryError, type Entry, decodeEntry, withEffects } from "../protocol/entry.ts";
import { DamagedLogError, entryName } from "../protocol/log.ts";
import { Segments } from "../protocol/segments.ts";
import { dropSnapshotsBefore } from "../protocol/snapshots.ts";
import { logRuns } from "./log-runs.ts";
import { type PurgedEffects, PurgedEffectsFinder } from "./purged-effects.ts";

/** From the entry that records a purge until what the log says of the photo is taken out of it. */
export const redactionMilliseconds = 24 * 3600 * 1000;

/** A person's log is looked through at most this often. */
const intervalMilliseconds = 6 * 3600 * 1000;

const tries = 5;

export interface Redaction {
  /** Photos that were purged, and of which nothing but ids and sizes is in the log now. */
  readonly photos: number;
  /** Entries that were rewritten. */
  readonly entries: number;
  /** Snapshots that were older than a purge. */
  readonly snapshots: number;
}

export interface RedactionOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Counts and changes nothing. @default false */
  readonly isDryRun?: boolean;
  /** For the simulation only: the format has 256. */
  readonly segmentLength?: number;
}

const nothing: Redaction = { photos: 0, entries: 0, snapshots: 0 };

/**
 * Takes what the log of a person tells about photos that were purged a day ago out of its entries, conditional on each
 * object's generation; then makes the segments that hold them anew and drops snapshots that are older. Number, id and
 * time of an entry stay, and every view made from the log is the same as before. Stopped anywhere and begun again it
 * ends the same.
 *
 * A copy that was begun before and arrives afterwards cannot take the place of a segment made anew, see Segments. Should
 * it come upon one that was lost since, or should an old snapshot come late, the next run finds it: each looks at whether
 * the segments are those that were left, and drops old snapshots again.
 *
 * @throws DamagedLogError, NewerEntryError, or the store's error
 */
export async function redactPurged(
  store: ObjectStore,
  owner: string,
  { now, isDryRun = false, segmentLength }: RedactionOptions,
): Promise<Redaction> {
  const bookmark = new Bookmark(store, owner, "redacted");
  const mark = await bookmark.read();
  if (mark !== undefined && now - Date.parse(mark.at) < intervalMilliseconds) return nothing;
  const { redacted = 0, lastPurge: purgedBefore = 0 } = mark?.sequences ?? {};
  const query = { ...(segmentLength !== undefined && { segmentLength }) };
  const due = await duePurges(store, owner, { ...query, after: redacted }, now - redactionMilliseconds);
  const lastPurge = Math.max(due.lastPurge, purgedBefore);
  if (lastPurge === 0 && due.sequence === redacted) return nothing;
  const segments = new Segments(store, owner, personModel, segmentLength);
  const told = new Set<number>();
  let entries = 0;
  if (due.photoIds.size > 0) {
    const telling = await tellingEffects(store, owner, redacted + 1, { ...query, upTo: due.sequence });
    for (const sequence of [...telling.keys()].toSorted((one, other) => one - other)) {
      if (await redactEntry(store, owner, sequence, telling, isDryRun)) entries++;
      told.add(segments.firstOf(sequence));
    }
  }
  const snapshots = await dropSnapshotsBefore(store, owner, lastPurge, isDryRun);
  if (!isDryRun) {
    const generations = await renewSegments(segments, told, mark?.generations ?? {});
    const sequences = { redacted: due.sequence, lastPurge };
    await bookmark.set({ at: new Date(now).toISOString(), sequences, generations });
  }
  return { photos: due.photoIds.size, entries, snapshots };
}

/**
 * Makes those anew whose entries were redacted, and those that are not the ones that earlier runs left.
 *
 * @returns the generations that are left now
 */
async function renewSegments(
  segments: Segments<PersonTables, Command, Effect, PersonAnswer>,
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

/** Photos whose purge was recorded up to the given time. */
async function duePurges(
  store: ObjectStore,
  owner: string,
  query: { readonly after: number; readonly segmentLength?: number },
  upTo: number,
): Promise<{ readonly photoIds: Set<string>; readonly lastPurge: number; readonly sequence: number }> {
  const photoIds = new Set<string>();
  let lastPurge = 0;
  let sequence = query.after;
  for await (const run of logRuns(store, owner, personModel, query)) {
    for (const { seq, at, commands } of run) {
      if (Date.parse(at) > upTo) return { photoIds, lastPurge, sequence };
      for (const effect of commands.flatMap(({ effects }) => effects)) {
        if (effect.kind !== "photo-purged") continue;
        photoIds.add(effect.photoId);
        lastPurge = seq;
      }
      sequence = seq;
    }
  }
  return { photoIds, lastPurge, sequence };
}

/** What tells about photos whose purge was recorded from one entry to another. */
async function tellingEffects(
  store: ObjectStore,
  owner: string,
  from: number,
  query: { readonly upTo: number; readonly segmentLength?: number },
): Promise<PurgedEffects> {
  const finder = new PurgedEffectsFinder(from);
  for await (const run of logRuns(store, owner, personModel, { ...query, after: 0 })) {
    for (const entry of run) finder.take(entry);
  }
  return finder.found;
}

/** @returns whether there was something to take out */
async function redactEntry(
  store: ObjectStore,
  owner: string,
  sequence: number,
  telling: PurgedEffects,
  isDryRun: boolean,
): Promise<boolean> {
  const name = entryName(owner, sequence);
  for (let tried = 1; ; tried++) {
    const found = await readEntry(store, owner, sequence);
    const redacted = redactedEffects(found.entry, telling);
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

async function readEntry(
  store: ObjectStore,
  owner: string,
  sequence: number,
): Promise<{ readonly entry: Entry<Effect>; readonly bytes: Uint8Array; readonly generation: string }> {
  const name = entryName(owner, sequence);
  try {
    const found = await store.read(name);
    if (found === undefined) throw new DamagedEntryError(sequence, "is missing");
    const { bytes, object } = found;
    return { entry: decodeEntry(bytes, sequence, personModel), bytes, generation: object.generation };
  } catch (error) {
    if (!(error instanceof ObjectDamagedError) && !(error instanceof DamagedEntryError)) throw error;
    throw new DamagedLogError(owner, sequence, name, { cause: error });
  }
}

/** What takes the place of its effects that tell about purged photos, by their places; none once that is done. */
export function redactedEffects(entry: Entry<Effect>, telling: PurgedEffects): ReadonlyMap<string, Effect> {
  const redacted = new Map<string, Effect>();
  for (const place of telling.get(entry.seq) ?? []) {
    const [index, part] = place.split("/").map(Number);
    const effect = entry.commands[index ?? -1]?.effects[part ?? -1];
    const instead = effect && redactEffect(effect);
    if (instead !== undefined && !isDeepStrictEqual(instead, effect)) redacted.set(place, instead);
  }
  return redacted;
}
