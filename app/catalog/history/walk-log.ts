import type { ObjectStore } from "../../storage/object-store.ts";
import { type Entry, NewerEntryError } from "../protocol/entry.ts";
import { DamagedLogError, Log } from "../protocol/log.ts";
import type { Model } from "../protocol/model.ts";
import type { Tables } from "../protocol/tables.ts";
import type { Damage } from "./damage.ts";
import { findWitnesses, knownBeyond, type KnownPosition } from "./known-position.ts";
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
  let next = 1;
  for (let index = 0; index < numbers.length; index += window) {
    const steps = await Promise.all(numbers.slice(index, index + window).map((number) => step(log, number)));
    for (const found of steps) {
      while (next < found.sequence) {
        // Asked for once more: it may be newer than the list.
        const absent = await step(log, next);
        const isMissing = "damage" in absent && absent.damage.kind === "missing";
        yield isMissing ? { sequence: next, damage: missing(owner, next, found.sequence - 1) } : absent;
        next = isMissing ? found.sequence : next + 1;
      }
      yield found;
      next++;
    }
  }
  const head = numbers.at(-1) ?? 0;
  const known = await knownBeyond(store, owner, witnesses, head);
  if (known !== undefined) yield { sequence: head + 1, damage: lostEnd(owner, head, known) };
  for (const name of strangers) yield { sequence: next, damage: stranger(owner, name) };
}

/** @throws the store's error when it does not answer: that is no damage */
async function step<T extends Tables, C, E, A>(log: Log<T, C, E, A>, sequence: number): Promise<Step<E>> {
  const { owner } = log;
  try {
    const entry = await log.read(sequence);
    return entry === undefined
      ? { sequence, damage: missing(owner, sequence, sequence) }
      : { sequence, entry };
  } catch (error) {
    if (error instanceof DamagedLogError) return { sequence, damage: damaged(error) };
    if (error instanceof NewerEntryError) return { sequence, damage: newer(owner, error) };
    throw error;
  }
}

function damaged({ owner, sequence, objectName, cause }: DamagedLogError): Damage {
  const reason = cause instanceof Error ? `: ${cause.message}` : "";
  return {
    owner,
    kind: "damaged",
    sequence,
    problem: `entry ${sequence} is not what was written${reason}`,
    remedy: `put an older version of '${objectName}' back, or the one of a backup; until then this catalog serves nobody`,
  };
}

function newer(owner: string, { sequence, message }: NewerEntryError): Damage {
  return {
    owner,
    kind: "newer",
    sequence,
    problem: message,
    remedy: "run this command of the release that wrote it, or of the one before that",
  };
}

function missing(owner: string, sequence: number, lastSequence: number): Damage {
  const which =
    sequence === lastSequence
      ? `entry ${sequence} is missing`
      : `entries ${sequence} to ${lastSequence} are missing`;
  return {
    owner,
    kind: "missing",
    sequence,
    ...(lastSequence > sequence && { lastSequence }),
    problem: `${which} although later ones are there`,
    remedy:
      "put them back from older versions or a backup before this catalog is written to: the next change would " +
      `take number ${sequence}`,
  };
}

function lostEnd(owner: string, head: number, { sequence, witness, help }: KnownPosition): Damage {
  const first = head + 1;
  const which =
    sequence === first ? `entry ${first} is missing` : `entries ${first} to ${sequence} are missing`;
  const put = `put ${sequence === first ? "it" : "them"} back`;
  return {
    owner,
    kind: "missing",
    sequence: first,
    ...(sequence > first && { lastSequence: sequence }),
    problem: `${which} at the end of the log: ${witness} knows entry ${sequence}`,
    remedy:
      `${help === undefined ? put : `${help}; ${put}`} from older versions or a backup before this catalog is written ` +
      `to: the next change may take number ${first}`,
  };
}

function stranger(owner: string, name: string): Damage {
  return {
    owner,
    kind: "stranger",
    sequence: null,
    problem: `'${name}' lies in the log and is no entry`,
    remedy: "find out who put it there and move it away; the app does not read it",
  };
}
