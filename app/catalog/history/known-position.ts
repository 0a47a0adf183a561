import { namesBelow } from "../../storage/names-below.ts";
import { keepsDeleted, ObjectDamagedError, type ObjectStore } from "../../storage/object-store.ts";
import { Bookmark, bookmarkName } from "../protocol/bookmark.ts";
import { entryName } from "../protocol/log.ts";
import { linesFrom } from "../protocol/segment-lines.ts";
import { segmentLength } from "../protocol/segments.ts";
import { isGone } from "./stored-logs.ts";

/** What says that the log once reached this entry. */
export interface KnownPosition {
  readonly sequence: number;
  /** For a sentence: "a snapshot knows entry 7". */
  readonly witness: string;
  /** What of the lost entries can still be had, as a sentence; undefined where it knows numbers only. */
  readonly help?: string;
}

/** Works along a log that keep how far they got. */
const works = ["published", "redacted"];

/** What lies beside a log and was made of its entries. */
export interface Witnesses {
  readonly positions: readonly KnownPosition[];
  /** Name of the last segment. */
  readonly segment: string | undefined;
}

/**
 * Whatever knows of entries: snapshots by their names, segments, and the marks of what goes along the log. Each was made of
 * entries that were in the log by then; so a log that is listed after this and ends before one of them has lost its end.
 */
export async function findWitnesses(store: ObjectStore, owner: string): Promise<Witnesses> {
  const positions: KnownPosition[] = [];
  for await (const name of namesBelow(store, `catalog/${owner}/snapshots/`)) {
    const sequence = Number(name.split("/").at(-1));
    const help = `'${name}' has what all entries up to ${sequence} did: keep it, and make no snapshot anew`;
    if (Number.isSafeInteger(sequence)) positions.push({ sequence, witness: "a snapshot", help });
  }
  const segments = await Array.fromAsync(namesBelow(store, `catalog/${owner}/segments/`));
  for (const work of works) {
    const mark = await new Bookmark(store, owner, work).read();
    const witness = `'${bookmarkName(owner, work)}'`;
    for (const sequence of Object.values(mark?.sequences ?? {})) positions.push({ sequence, witness });
  }
  return { positions, segment: segments.at(-1) };
}

/**
 * The last entry that anything knows of beyond the log's head: the witnesses, or the store where it keeps what is deleted.
 * Undefined where nothing does.
 *
 * @param witnesses that were found before the log was listed
 */
export async function knownBeyond(
  store: ObjectStore,
  owner: string,
  { positions, segment }: Witnesses,
  head: number,
): Promise<KnownPosition | undefined> {
  // An account that was deleted since the witnesses were found.
  if (head === 0 && (await isGone(store, owner))) return undefined;
  const known = [
    ...positions,
    segment === undefined ? undefined : await endOf(store, segment, head),
    // Of an account that is being deleted everything else is gone before its log.
    head === 0 ? undefined : await deletedAfter(store, owner, head),
  ];
  const last = latest(known);
  return last !== undefined && last.sequence > head ? last : undefined;
}

/**
 * The last entry after the given one that was deleted, where the store still keeps it. No entry of a log that is used is
 * ever deleted by the service.
 */
async function deletedAfter(
  store: ObjectStore,
  owner: string,
  sequence: number,
): Promise<KnownPosition | undefined> {
  if (!keepsDeleted(store)) return undefined;
  const prefix = `catalog/${owner}/log/`;
  const known: KnownPosition[] = [];
  for await (const { name, generation } of store.listDeleted(prefix, entryName(owner, sequence))) {
    const number = Number(/^(\d{12})\.json$/.exec(name.slice(prefix.length))?.[1] ?? 0);
    const help = `the bucket keeps it as '${name}#${generation}': copy that back to '${name}'`;
    if (number > sequence) known.push({ sequence: number, witness: "an older version in the bucket", help });
  }
  return latest(known);
}

function latest(known: readonly (KnownPosition | undefined)[]): KnownPosition | undefined {
  return known.reduce(
    // What can help is worth more than a number alone.
    (best, one) => (one === undefined || (best !== undefined && rank(best) >= rank(one)) ? best : one),
    undefined,
  );
}

function rank({ sequence, help }: KnownPosition): number {
  return sequence + (help === undefined ? 0 : 0.5);
}

/** How far a segment reaches is what is in it; it is read only where that may be beyond the head. Of a damaged one nothing is known. */
async function endOf(store: ObjectStore, name: string, head: number): Promise<KnownPosition | undefined> {
  const first = Number(/(\d{12})\.jsonl$/.exec(name)?.[1] ?? 0);
  if (first === 0 || first + segmentLength - 1 <= head) return undefined;
  try {
    const found = await store.openRead(name);
    let lines = 0;
    for await (const _ of found === undefined ? [] : linesFrom(found.stream)) lines += 1;
    // One line stands for a segment that was left out.
    if (lines < 2) return undefined;
    const help = `'${name}' has their bytes, one in each line, the first is entry ${first}`;
    return { sequence: first + lines - 1, witness: "a segment", help };
  } catch (error) {
    if (error instanceof ObjectDamagedError) return undefined;
    throw error;
  }
}
