import type { Activity, ChangePage } from "../activity.ts";
import type { Entry } from "../protocol/entry.ts";
import { tokenOf } from "../token.ts";
import { happenedIn } from "./activity-question.ts";
import { ChangesTooOldError } from "./errors.ts";
import type { Effect } from "./effects.ts";

/** Beyond these whoever asks is better off reading everything anew: each is an object of the store. */
const mostEntries = 1_000;

/** Entries that are read at once. */
const window = 16;

export interface ChangesSpan {
  readonly userId: string;
  /** Number of the newest entry that the reader knows of. */
  readonly after: number;
  /** Number of the newest entry there is. */
  readonly head: number;
  /** A page ends with the entry that fills it; one that did much may make it longer. */
  readonly limit: number;
}

/**
 * What happened since, the oldest first, by whole entries.
 *
 * @throws ChangesTooOldError, or what reading throws
 */
export async function changesIn(
  { userId, after, head, limit }: ChangesSpan,
  read: (sequence: number) => Promise<Entry<Effect>>,
): Promise<ChangePage> {
  if (head - after > mostEntries) throw new ChangesTooOldError(head - after, mostEntries);
  const changes: Activity[] = [];
  let last = after;
  while (last < head && changes.length < limit) {
    const first = last + 1;
    const sequences = Array.from({ length: Math.min(window, head - last) }, (_, index) => first + index);
    const entries = await Promise.all(sequences.map(read));
    for (const entry of entries) {
      if (changes.length >= limit) break;
      changes.push(...happenedIn(entry));
      last = entry.seq;
    }
  }
  return { changes, token: tokenOf(userId, last), isComplete: last >= head };
}
