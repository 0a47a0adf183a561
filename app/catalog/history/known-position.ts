import { keepsDeleted, ObjectDamagedError, type ObjectStore } from "../../storage/object-store.ts";
import { Bookmark } from "../protocol/bookmark.ts";
import { entryName } from "../protocol/log.ts";

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

const newline = 0x0a;

/**
 * The last entry that anything beside the log knows of: snapshots by their names, segments, and the marks of what goes
 * along the log. Each was made of entries that were in the log by then; so a log that is listed afterwards and ends
 * before has lost its end.
 *
 * Undefined where nothing knows of any.
 */
export async function knownPosition(store: ObjectStore, owner: string): Promise<KnownPosition | undefined> {
  const known: KnownPosition[] = [];
  for await (const name of namesBelow(store, `catalog/${owner}/snapshots/`)) {
    const sequence = Number(name.split("/").at(-1));
    const help = `'${name}' has what all entries up to ${sequence} did: keep it, and make no snapshot anew`;
    if (Number.isSafeInteger(sequence)) known.push({ sequence, witness: "a snapshot", help });
  }
  const segment = await lastSegment(store, owner);
  if (segment !== undefined) known.push(segment);
  for (const work of works) {
    const mark = await new Bookmark(store, owner, work).read();
    const witness = `'catalog/${owner}/${work}.json'`;
    for (const sequence of Object.values(mark?.sequences ?? {})) known.push({ sequence, witness });
  }
  return latest(known);
}

/**
 * The last entry after the given one that was deleted, where the store still keeps it. No entry of a log that is used is
 * ever deleted by the service.
 */
export async function deletedAfter(
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

export function latest(known: readonly (KnownPosition | undefined)[]): KnownPosition | undefined {
  return known.reduce(
    // What can help is worth more than a number alone.
    (best, one) => (one === undefined || (best !== undefined && rank(best) >= rank(one)) ? best : one),
    undefined,
  );
}

function rank({ sequence, help }: KnownPosition): number {
  return sequence + (help === undefined ? 0 : 0.5);
}

/** How far it reaches is what is in it. Of a damaged one nothing is known. */
async function lastSegment(store: ObjectStore, owner: string): Promise<KnownPosition | undefined> {
  const names = await Array.fromAsync(namesBelow(store, `catalog/${owner}/segments/`));
  const name = names.at(-1);
  if (name === undefined) return undefined;
  const first = Number(/(\d{12})\.jsonl$/.exec(name)?.[1] ?? 0);
  try {
    const bytes = (await store.read(name))?.bytes;
    const lines = bytes?.reduce((count, byte) => (byte === newline ? count + 1 : count), 0) ?? 0;
    if (first === 0 || lines === 0) return undefined;
    const help = `'${name}' has their bytes, one in each line, the first is entry ${first}`;
    return { sequence: first + lines - 1, witness: "a segment", help };
  } catch (error) {
    if (error instanceof ObjectDamagedError) return undefined;
    throw error;
  }
}

async function* namesBelow(store: ObjectStore, prefix: string): AsyncIterable<string> {
  try {
    for await (const { name } of store.list(prefix)) yield name;
  } catch (error) {
    // What comes after it tells nothing then.
    if (!(error instanceof ObjectDamagedError)) throw error;
  }
}
