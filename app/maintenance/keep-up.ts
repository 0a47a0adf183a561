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
  const { catalog, isDryRun = false, progress, note } = dependencies;
  const figures = { people: 0, snapshots: 0, segments: 0 };
  const work = async (userId: string): Promise<void> => {
    const { snapshots, segments, hasFailed } = await catalog.keepUp(userId, { entries, isDryRun });
    figures.people += 1;
    figures.snapshots += snapshots;
    figures.segments += segments;
    progress?.(figures);
    const about = { kind: "long-log", subject: userId, userId } as const;
    if (snapshots + segments > 0) {
      const copied = `${snapshots} snapshot, ${segments} segments`;
      note?.({ ...about, outcome: "mended", detail: copied });
    }
    if (!hasFailed) return;
    // The error itself may quote what is in the catalog: its notice in the log leaves that out.
    const detail = "it could not be copied: a notice in the log says why";
    note?.({ ...about, outcome: "left", detail });
    throw new Error(`the catalog of ${userId} could not be copied`);
  };
  return { figures, failing: "people's catalogs could not be copied", work };
}
