import { compareView, type Difference } from "../catalog/history/compare-view.ts";
import type { Damage } from "../catalog/history/damage.ts";
import { stepsUntil } from "../catalog/history/past-catalog.ts";
import { RebuiltState } from "../catalog/history/rebuilt-state.ts";
import type { Model } from "../catalog/protocol/model.ts";
import { Segments } from "../catalog/protocol/segments.ts";
import type { Tables } from "../catalog/protocol/tables.ts";
import type { View } from "../catalog/protocol/view.ts";
import type { ObjectStore } from "../storage/object-store.ts";

/** What its entries amount to, without any copy of them. */
export interface LoggedCatalog {
  /** Number of the last entry. */
  readonly sequence: number;
  /** The log cannot be read to its end, and this is why; nothing where it can. */
  readonly damage: readonly Damage[];
}

/** One owner's catalog, with a view to be copied from. */
export interface CopiedCatalog {
  readonly owner: string;
  logged(): Promise<LoggedCatalog>;
  /** Makes the segments that there are what the log is now. */
  renewSegments(): Promise<void>;
  /** A snapshot of the view as it is now, and segments; failing is told to whoever opened it. */
  keepUp(): Promise<void>;
  /** Holds the view against the log as far as the view has got. */
  compare(): Promise<{
    readonly rows: Readonly<Record<string, number>>;
    readonly differences: readonly Difference[];
  }>;
}

/** As OpenPeople has them. */
interface Views {
  of(owner: string): {
    keepUp(entries: number): Promise<unknown>;
    read<R>(question: (view: Pick<View, "contents">) => Promise<R>): Promise<R>;
  };
}

/** @param views of this model */
export function copiedCatalog<T extends Tables, C, E, A>(
  store: ObjectStore,
  owner: string,
  model: Model<T, C, E, A>,
  views: Views,
): CopiedCatalog {
  const stateAt = async (sequence?: number): Promise<RebuiltState<T, C, E, A>> => {
    const state = new RebuiltState(owner, model);
    const moment = sequence === undefined ? undefined : { sequence };
    for await (const step of stepsUntil(store, owner, model, moment)) state.take(step);
    return state;
  };
  return {
    owner,

    async logged() {
      const { isWhole, damage, newest } = await stateAt();
      // Damage of what is left in spite of it, like a time that goes back, makes no row wrong.
      return { sequence: newest?.seq ?? 0, damage: isWhole ? [] : damage };
    },

    async renewSegments() {
      // One that is deleted could be followed by a late copy of what was redacted since.
      const segments = new Segments(store, owner, model);
      for (const first of (await segments.generations()).keys()) await segments.renew(first);
    },

    async keepUp() {
      await views.of(owner).keepUp(1);
    },

    async compare() {
      const { position, tables } = await views.of(owner).read((view) => view.contents());
      const rows = Object.fromEntries(Object.entries(tables).map(([name, { length }]) => [name, length]));
      const state = await stateAt(position.sequence);
      return { rows, differences: compareView(model.tables, tables, state.contents()) };
    },
  };
}
