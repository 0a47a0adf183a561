import type { ObjectStore } from "../../storage/object-store.ts";
import type { Entry } from "../protocol/entry.ts";
import { DamagedLogError, Log } from "../protocol/log.ts";
import type { Model } from "../protocol/model.ts";
import { Segments } from "../protocol/segments.ts";
import type { Tables } from "../protocol/tables.ts";
import { isDeletedWithAccount } from "./deletion.ts";
import { listLog } from "./stored-logs.ts";

export interface RunsQuery {
  /** Number of the entry before the first wanted one. */
  readonly after: number;
  /** The last wanted one, which was there already. @default the last one that a list of the log's names has */
  readonly upTo?: number;
  /**
   * Without `upTo`: ends at the first number that is free, for who comes again and again, and leaves it to others to find
   * that entries are missing. Saves the list, which on disk takes the longer the more entries there are. @default false
   */
  readonly isHasty?: boolean;
  /** For the simulation only: the format has 256. */
  readonly segmentLength?: number;
}

/**
 * Entries of one log in order, in runs, reading few objects: from segments as far as there are some, then from the log.
 * Of an account that is being deleted, as far as they are left.
 *
 * @throws DamagedLogError where one is damaged, or missing although later ones are there; NewerEntryError, or the store's
 *   error
 */
export async function* logRuns<T extends Tables, C, E, A>(
  store: ObjectStore,
  owner: string,
  model: Model<T, C, E, A>,
  { after, upTo, isHasty = false, segmentLength }: RunsQuery,
): AsyncIterable<readonly Entry<E>[]> {
  const head = async () =>
    isHasty ? Number.POSITIVE_INFINITY : ((await listLog(store, owner, after)).numbers.at(-1) ?? after);
  // What is written from here on is left for the next time.
  const last = upTo ?? (await head());
  let reached = after;
  for (const part of [new Segments(store, owner, model, segmentLength), new Log(store, owner, model)]) {
    if (reached >= last) return;
    for await (const run of part.after(reached)) {
      const wanted = run.filter(({ seq }) => seq <= last);
      if (wanted.length > 0) yield wanted;
      reached = wanted.at(-1)?.seq ?? reached;
      if (reached >= last) return;
    }
  }
  if (last === Number.POSITIVE_INFINITY) return;
  const missing = reached + 1;
  if (!(await isDeletedWithAccount(store, owner, missing))) throw DamagedLogError.missing(owner, missing);
}
