import { redactPurged } from "../catalog/history/redact-purged.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { type PersonalUpkeep, noting } from "./everyone.ts";
import type { Upkeep } from "./upkeep.ts";

export interface RedactDependencies extends Upkeep {
  readonly records: ObjectStore;
  /** @default the system's clock, milliseconds */
  readonly now?: () => number;
}

/**
 * Takes what logs, segments and snapshots tell about photos that were purged a day ago, and about uploads that were over by
 * then and led to none, out of them.
 */
export function redacting(dependencies: RedactDependencies): PersonalUpkeep {
  const { records, now = Date.now, isDryRun = false, progress, note } = dependencies;
  const figures = { people: 0, redacted_photos: 0, rewritten_entries: 0, dropped_snapshots: 0 };
  const work = async (userId: string): Promise<void> => {
    const { photos, entries, snapshots } = await redactPurged(records, userId, { now: now(), isDryRun });
    figures.people += 1;
    figures.redacted_photos += photos;
    figures.rewritten_entries += entries;
    figures.dropped_snapshots += snapshots;
    progress?.(figures);
  };
  return {
    figures,
    failing: "people's logs could not be redacted",
    work: noting("unredacted-log", work, note),
  };
}
