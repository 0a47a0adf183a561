import type { ObjectStore } from "../../storage/object-store.ts";
import { organisationModel } from "../organisation/organisation-model.ts";
import { personModel } from "../person/person-model.ts";
import { NewerEntryError } from "../protocol/entry.ts";
import { DamagedLogError, Log } from "../protocol/log.ts";
import { isDeletionBegun } from "./deletion.ts";
import { findWitnesses, knownBeyond } from "./known-position.ts";
import { listLog, organisationOwner } from "./stored-logs.ts";

export interface Inspection {
  readonly owner: string;
  /** Objects of entries. Fewer than `head`: some are missing. */
  readonly entries: number;
  /** The highest number; 0 where there is no entry. */
  readonly head: number;
  /** Of the entry at the head, ISO 8601 in UTC; null where it cannot be read or is not there. */
  readonly newestAt: string | null;
  /** As in Verification. */
  readonly isBeingDeleted: boolean;
  /** Names no writer has, and what is wrong at the head or beyond it. Reads no other entry: `verifyCatalog` does. */
  readonly problems: readonly string[];
  /** What at the head a newer release wrote: nothing is wrong with it, and this release cannot read it. */
  readonly newer: readonly string[];
}

/** @throws the store's error when it does not answer */
export async function inspectCatalog(store: ObjectStore, owner: string): Promise<Inspection> {
  // Before the list: see walkLog.
  const witnesses = await findWitnesses(store, owner);
  const { numbers, strangers } = await listLog(store, owner);
  const head = numbers.at(-1) ?? 0;
  const problems = strangers.map((name) => `'${name}' is no entry`);
  const lost = await knownBeyond(store, owner, witnesses, head);
  if (lost !== undefined) {
    problems.push(`the log ends at entry ${head}, and ${lost.witness} knows entry ${lost.sequence}`);
  }
  const newer: string[] = [];
  let newest: Newest = { at: null, isDeleting: false };
  try {
    if (head > 0) newest = await readNewest(store, owner, head);
  } catch (error) {
    if (error instanceof NewerEntryError) newer.push(error.message);
    else if (error instanceof DamagedLogError) problems.push(error.message);
    else throw error;
  }
  const missing = head - numbers.length;
  // A deletion takes the first entries first.
  const isBeingDeleted = newest.isDeleting && missing > 0 && numbers[0] === missing + 1;
  if (missing > 0 && !isBeingDeleted) problems.push(`${missing} of ${head} entries are missing`);
  return { owner, entries: numbers.length, head, newestAt: newest.at, isBeingDeleted, problems, newer };
}

interface Newest {
  readonly at: string | null;
  readonly isDeleting: boolean;
}

async function readNewest(store: ObjectStore, owner: string, sequence: number): Promise<Newest> {
  if (owner === organisationOwner) {
    const entry = await new Log(store, owner, organisationModel).read(sequence);
    return { at: entry?.at ?? null, isDeleting: false };
  }
  const entry = await new Log(store, owner, personModel).read(sequence);
  return { at: entry?.at ?? null, isDeleting: await isDeletionBegun(store, owner, entry) };
}
