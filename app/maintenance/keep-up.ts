import type { Catalog } from "../catalog/catalog.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { type PersonalUpkeep, forEveryPerson } from "./everyone.ts";
import type { Figures, Upkeep } from "./upkeep.ts";

export interface KeepUpDependencies extends Upkeep {
  readonly catalog: Catalog;
  readonly records: ObjectStore;
}

/** So many entries without a snapshot make one worth while. */
const entries = 64;

/**
 * Makes snapshots and segments where many entries have none, so that opening a catalog stays quick however it was
 * written to.
 *
 * @throws AggregateError after everyone's turn, when somebody's catalog could not be opened
 */
export function keepUp(dependencies: KeepUpDependencies): Promise<Figures> {
  return forEveryPerson(dependencies, keepingUp(dependencies));
}

/** The same as a part of a walk that has more to do. */
export function keepingUp(dependencies: KeepUpDependencies): PersonalUpkeep {
  const figures = { people: 0 };
  const work = async (userId: string): Promise<void> => {
    await dependencies.catalog.keepUp(userId, { entries });
    figures.people += 1;
    dependencies.progress?.(figures);
  };
  return { figures, failing: "people's catalogs could not be copied", work };
}
