import type { Catalog } from "../catalog/catalog.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import type { PersonalUpkeep } from "./everyone.ts";
import type { Upkeep } from "./upkeep.ts";

export interface KeepUpDependencies extends Upkeep {
  readonly catalog: Catalog;
  readonly records: ObjectStore;
}

/** So many entries without a snapshot make one worth while. */
const entries = 64;

/**
 * Makes snapshots and segments where many entries have none, so that opening a catalog stays quick however it was
 * written to.
 */
export function keepingUp(dependencies: KeepUpDependencies): PersonalUpkeep {
  const figures = { people: 0 };
  const work = async (userId: string): Promise<void> => {
    await dependencies.catalog.keepUp(userId, { entries });
    figures.people += 1;
    dependencies.progress?.(figures);
  };
  return { figures, failing: "people's catalogs could not be copied", work };
}
