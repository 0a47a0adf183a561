import type { ObjectStore } from "../../storage/object-store.ts";
import type { Effect } from "../person/effects.ts";
import { bookmarkName } from "../protocol/bookmark.ts";
import type { Entry } from "../protocol/entry.ts";
import { namesBelow } from "./stored-logs.ts";

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
