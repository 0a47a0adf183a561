import type { ObjectStore } from "../../storage/object-store.ts";
import { engineFormat } from "../duckdb/engine-format.ts";
import { NewerEntryError } from "../protocol/entry.ts";
import type { Model } from "../protocol/model.ts";
import { Segments } from "../protocol/segments.ts";
import { Snapshots, snapshotFormat } from "../protocol/snapshots.ts";
import type { Tables } from "../protocol/tables.ts";

/** What the service begins a view with, before it reads the log's own objects. */
export interface CopiedPosition {
  /** The last entry that it has; 0 where there is no copy. */
  readonly sequence: number;
  /** For a sentence: "goes on from a snapshot". */
  readonly copy: string;
}

/** As a view is opened: the newest snapshot of this release's format that is what was put, else segments. */
export async function findCopiedPosition<T extends Tables, C, E, A>(
  store: ObjectStore,
  owner: string,
  model: Model<T, C, E, A>,
): Promise<CopiedPosition> {
  const snapshots = new Snapshots(store, owner, snapshotFormat(engineFormat, model));
  for (const sequence of await snapshots.sequences()) {
    if ((await snapshots.read(sequence)) !== undefined) return { sequence, copy: "a snapshot" };
  }
  let sequence = 0;
  try {
    for await (const run of new Segments(store, owner, model).after(0))
      sequence = run.at(-1)?.seq ?? sequence;
  } catch (error) {
    // A view gets no further either; the log tells of the entry.
    if (!(error instanceof NewerEntryError)) throw error;
  }
  return { sequence, copy: "segments" };
}
