import { CatalogBusyError } from "./errors.ts";
import type { Log } from "./log.ts";
import type { Model } from "./model.ts";
import type { Notify } from "./notice.ts";
import type { Segments } from "./segments.ts";
import type { Snapshots } from "./snapshots.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Tables } from "./tables.ts";
import type { View, ViewEngine } from "./view.ts";
import type { WaitingNote } from "./waiting-note.ts";

/** What one owner's catalog is made of. */
export interface CatalogParts<V extends View, T extends Tables, C, E, A> {
  readonly owner: string;
  readonly log: Log<T, C, E, A>;
  readonly segments: Segments<T, C, E, A>;
  readonly snapshots: Snapshots;
  readonly waitingNote: WaitingNote;
  readonly engine: ViewEngine<V>;
  readonly model: Model<T, C, E, A>;
  readonly surroundings: Surroundings;
  /** Names this process in the entries that it writes. */
  readonly writer: string;
  readonly notify: Notify;
  readonly limits: { readonly snapshotInterval: number };
}

/**
 * A view to begin with: the newest snapshot's that can be restored, else an empty one. What an earlier process
 * left on this machine is never asked.
 *
 * @param below only snapshots before this entry are trusted
 */
export async function openView<V extends View, T extends Tables, C, E, A>(
  parts: CatalogParts<V, T, C, E, A>,
  below: number,
): Promise<V> {
  const { engine, notify, owner, snapshots } = parts;
  for (const sequence of await snapshots.sequences()) {
    if (sequence >= below) continue;
    const bytes = await snapshots.read(sequence);
    let view: V | undefined;
    try {
      view = bytes && (await engine.restore(owner, bytes));
      if (view?.position.sequence === sequence && (await isTheirs(view, parts))) return view;
      await view?.close();
      snapshots.distrust(sequence);
      notify({ kind: "snapshot-skipped", owner, sequence });
    } catch (error) {
      await view?.close();
      // No matter of the snapshot.
      if (error instanceof CatalogBusyError) throw error;
      snapshots.distrust(sequence);
      notify({ kind: "snapshot-skipped", owner, sequence, error });
    }
  }
  return await createView(parts);
}

/** Whether it has the rows that every view of this owner has: somebody else's may have been put there by mistake. */
async function isTheirs<V extends View, T extends Tables, C, E, A>(
  view: V,
  { model, owner }: CatalogParts<V, T, C, E, A>,
): Promise<boolean> {
  for (const { table, key } of model.initial(owner).all()) {
    const found = await view.find(table, model.tables[table]?.key ?? "", [key]);
    if (found.length === 0) return false;
  }
  return true;
}

async function createView<V extends View, T extends Tables, C, E, A>({
  engine,
  model,
  owner,
}: CatalogParts<V, T, C, E, A>): Promise<V> {
  const view = await engine.create(owner);
  try {
    await view.apply(model.initial(owner), view.position);
    return view;
  } catch (error) {
    await view.close();
    throw error;
  }
}
