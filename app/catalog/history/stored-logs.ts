import { namesBelow } from "../../storage/names-below.ts";
import type { ObjectStore } from "../../storage/object-store.ts";
import { entryName, entryNumber } from "../protocol/log.ts";

const root = "catalog/";

/** The owner of the organisation's log; everyone else's is a person's id. */
export const organisationOwner = "organisation";

export interface StoredLog {
  /** Numbers of the entries that there are objects of, ascending. */
  readonly numbers: readonly number[];
  /** Names within the log that no entry has. */
  readonly strangers: readonly string[];
}

/** Everyone who has a log, in the order of their ids. Asks one question for each, however long the logs are. */
export async function* listOwners(store: ObjectStore): AsyncIterable<string> {
  let after: string | undefined;
  for (;;) {
    const name = await firstName(store, root, after);
    if (name === undefined) return;
    const [owner = "", inner] = name.slice(root.length).split("/");
    // Beside the folders of logs; nothing is read from there.
    if (inner === undefined) {
      after = name;
      continue;
    }
    yield owner;
    // '0' follows '/': the next name is nothing of this owner's.
    after = `${root}${owner}0`;
  }
}

/** Whether nothing at all is stored of this owner: its log goes last. */
export async function isGone(store: ObjectStore, owner: string): Promise<boolean> {
  return (await firstName(store, `${root}${owner}/`)) === undefined;
}

async function firstName(
  store: ObjectStore,
  prefix: string,
  startAfter?: string,
): Promise<string | undefined> {
  const options = { limit: 1, ...(startAfter !== undefined && { startAfter }) };
  for await (const name of namesBelow(store, prefix, options)) return name;
  return undefined;
}

/**
 * What lies in the owner's log by its names, damaged or not.
 *
 * @param after number of the entry before the first that is listed. @default all are
 */
export async function listLog(store: ObjectStore, owner: string, after = 0): Promise<StoredLog> {
  const prefix = `${root}${owner}/log/`;
  const numbers: number[] = [];
  const strangers: string[] = [];
  const options = after === 0 ? {} : { startAfter: entryName(owner, after) };
  for await (const name of namesBelow(store, prefix, options)) {
    const number = entryNumber(owner, name);
    if (number === undefined) strangers.push(name);
    else numbers.push(number);
  }
  return { numbers, strangers };
}
