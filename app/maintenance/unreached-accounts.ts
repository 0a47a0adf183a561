import { unreachedWork } from "../catalog/history/deletion.ts";
import { Bookmark, bookmarkName } from "../catalog/protocol/bookmark.ts";
import type { ObjectStore } from "../storage/object-store.ts";

/**
 * For so long after a sign-in led to an account a process may still let somebody into it: it believes what the store
 * said for a minute, and a request that has begun may take five. Longer than a writer is believed to know its log, too:
 * `writerFreshMilliseconds`.
 */
export const reachMilliseconds = 15 * 60_000;

/** Beside the account's log, until nothing else is left of it. */
export function unreachedName(userId: string): string {
  return bookmarkName(userId, unreachedWork);
}

/**
 * When maintenance first found that no sign-in leads to a closed account, in milliseconds since 1970.
 *
 * @returns undefined where it did not yet, or where what it wrote is none of it: then that is written now, for the next run
 */
export async function unreachedSince(
  records: ObjectStore,
  userId: string,
  { now, isDryRun }: { readonly now: number; readonly isDryRun: boolean },
): Promise<number | undefined> {
  const bookmark = new Bookmark(records, userId, unreachedWork);
  const since = Date.parse((await bookmark.read())?.at ?? "");
  if (!Number.isNaN(since)) return since;
  if (!isDryRun) await bookmark.set({ at: new Date(now).toISOString(), sequences: {} });
  return undefined;
}
