import { namesBelow } from "../../storage/names-below.ts";
import type { ObjectStore } from "../../storage/object-store.ts";
import type { Effect } from "../person/effects.ts";
import { bookmarkName } from "../protocol/bookmark.ts";
import type { Entry } from "../protocol/entry.ts";
import { personModel } from "../person/person-model.ts";
import { Log } from "../protocol/log.ts";
import { isGone, listLog, organisationOwner } from "./stored-logs.ts";

/** Of the bookmark that says since when nobody reaches a closed account: it is left until nothing else is. */
export const unreachedWork = "unreached";

/**
 * Whether the deletion of an account has begun, so that the first entries of its log are meant to be missing: the log
 * goes from its first entry to the one that says that the account was closed, after all else that is stored beside it.
 *
 * @param newest the last entry that is there; undefined where none is left
 */
export async function isDeletionBegun(
  store: ObjectStore,
  owner: string,
  newest: Entry<Effect> | undefined,
): Promise<boolean> {
  const effects = newest?.commands.flatMap((command) => command.effects);
  if (effects?.some(({ kind }) => kind === "account-closed") === false) return false;
  const prefix = `catalog/${owner}/`;
  const others = await Array.fromAsync(namesBelow(store, prefix));
  const beside = others.filter((name) => !name.startsWith(`${prefix}log/`));
  return beside.length === 1 && beside[0] === bookmarkName(owner, unreachedWork);
}

/**
 * Whether an entry that is missing went with its account: all is gone, or what is left of the log begins after it, without
 * a gap, and tells of the account's end.
 *
 * @throws DamagedLogError, NewerEntryError, or the store's error
 */
export async function isDeletedWithAccount(
  store: ObjectStore,
  owner: string,
  sequence: number,
): Promise<boolean> {
  if (owner === organisationOwner) return false;
  // Of a log that has its beginning not all names are listed.
  const log = new Log(store, owner, personModel);
  const { next: begin } = await log.lookFrom(0);
  if (begin !== undefined && begin <= sequence) return false;
  const { numbers } = await listLog(store, owner);
  const [first = 0] = numbers;
  const last = numbers.at(-1);
  if (last === undefined) return await isGone(store, owner);
  if (first <= sequence || last - first + 1 !== numbers.length) return false;
  return await isDeletionBegun(store, owner, await log.read(last));
}
