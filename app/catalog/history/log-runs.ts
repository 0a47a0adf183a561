import type { ObjectStore } from "../../storage/object-store.ts";
import type { Entry } from "../protocol/entry.ts";
import { Log } from "../protocol/log.ts";
import type { Model } from "../protocol/model.ts";
import { Segments } from "../protocol/segments.ts";
import type { Tables } from "../protocol/tables.ts";

export interface RunsQuery {
  /** Number of the entry before the first wanted one. */
  readonly after: number;
  /** The last wanted one. @default the head */
  readonly upTo?: number;
  /** For the simulation only: the format has 256. */
  readonly segmentLength?: number;
}

/**
 * Entries of one log in order, in runs, reading few objects: from segments as far as there are some, then from the log.
 *
 * @throws DamagedLogError, NewerEntryError, or the store's error
 */
export async function* logRuns<T extends Tables, C, E, A>(
  store: ObjectStore,
  owner: string,
  model: Model<T, C, E, A>,
  { after, upTo = Number.POSITIVE_INFINITY, segmentLength }: RunsQuery,
): AsyncIterable<readonly Entry<E>[]> {
  let reached = after;
  for (const part of [new Segments(store, owner, model, segmentLength), new Log(store, owner, model)]) {
    if (reached >= upTo) return;
    for await (const run of part.after(reached)) {
      const wanted = run.filter(({ seq }) => seq <= upTo);
      if (wanted.length > 0) yield wanted;
      reached = wanted.at(-1)?.seq ?? reached;
      if (reached >= upTo) return;
    }
  }
}
