import type { ObjectStore } from "../../storage/object-store.ts";
import { type Entry, NewerEntryError } from "../protocol/entry.ts";
import { DamagedLogError, Log } from "../protocol/log.ts";
import type { Model } from "../protocol/model.ts";
import type { Tables } from "../protocol/tables.ts";
import type { Damage } from "./damage.ts";
import { type CopiedPosition, findCopiedPosition } from "./copied-position.ts";
import { findWitnesses, knownBeyond } from "./known-position.ts";
import { damagedEntry, lostEnd, missingEntries, newerEntry, stranger } from "./log-damage.ts";
import { listLog } from "./stored-logs.ts";

/** How many entries are read at once. */
const window = 32;

export type Step<E> =
  | { readonly sequence: number; readonly entry: Entry<E> }
  | { readonly sequence: number; readonly damage: Damage };

/**
 * Every entry of one log in order, and in the place of one that cannot be read what is wrong with it. Does not
 * stop at the first gap, as views do, and tells of a lost end where anything else knows of it. What is written meanwhile
 * may be left out.
 */
export async function* walkLog<T extends Tables, C, E, A>(
  store: ObjectStore,
  owner: string,
  model: Model<T, C, E, A>,
): AsyncIterable<Step<E>> {
  const log = new Log(store, owner, model);
  // Before the list: what is written between them must not look lost.
  const witnesses = await findWitnesses(store, owner);
  const { numbers, strangers } = await listLog(store, owner);
  /** What a view begins with; undefined once an entry was told that no view gets beyond. */
  let copied: CopiedPosition | undefined;
  let isStopped = false;
  const begun = async (lastSequence: number): Promise<CopiedPosition | undefined> => {
    if (isStopped) return undefined;
    copied ??= await findCopiedPosition(store, owner, model);
    isStopped = copied.sequence < lastSequence;
    return copied;
  };
  const told = async (found: Found<E>, lastMissing = found.sequence): Promise<Step<E>> => {
    const { sequence, entry, error } = found;
    if (entry !== undefined) return { sequence, entry };
    if (error === undefined) {
      const damage = missingEntries(owner, sequence, lastMissing, await begun(lastMissing));
      return { sequence, damage };
    }
    const from = await begun(sequence);
    return {
      sequence,
      damage: error instanceof NewerEntryError ? newerEntry(owner, error) : damagedEntry(error, from),
    };
  };
  let next = 1;
  for (let index = 0; index < numbers.length; index += window) {
    const these = await Promise.all(numbers.slice(index, index + window).map((number) => find(log, number)));
    for (const found of these) {
      while (next < found.sequence) {
        // Asked for once more: it may be newer than the list.
        const absent = await find(log, next);
        const isMissing = absent.entry === undefined && absent.error === undefined;
        yield await told(absent, isMissing ? found.sequence - 1 : next);
        next = isMissing ? found.sequence : next + 1;
      }
      yield await told(found);
      next++;
    }
  }
  const head = numbers.at(-1) ?? 0;
  const known = await knownBeyond(store, owner, witnesses, head);
  if (known !== undefined) {
    yield { sequence: head + 1, damage: lostEnd(owner, head, known, await begun(known.sequence)) };
  }
  for (const name of strangers) yield { sequence: next, damage: stranger(owner, name) };
}

/** In an entry's slot; with neither, nothing is. */
interface Found<E> {
  readonly sequence: number;
  readonly entry?: Entry<E> | undefined;
  readonly error?: DamagedLogError | NewerEntryError;
}

/** @throws the store's error when it does not answer: that is no damage */
async function find<T extends Tables, C, E, A>(log: Log<T, C, E, A>, sequence: number): Promise<Found<E>> {
  try {
    return { sequence, entry: await log.read(sequence) };
  } catch (error) {
    if (error instanceof DamagedLogError || error instanceof NewerEntryError) return { sequence, error };
    throw error;
  }
}
