import type { Catalog } from "../catalog/catalog.ts";
import { countOutbox } from "../catalog/outbox/publish-outbox.ts";
import { publishPerson } from "../events/publish-person.ts";
import type { Topic } from "../events/topic.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { type PersonalUpkeep, noting } from "./everyone.ts";
import type { Upkeep } from "./upkeep.ts";

export interface PublishTaskDependencies extends Upkeep {
  readonly catalog: Catalog;
  readonly records: ObjectStore;
  /** Undefined: there is no Pub/Sub here, and nothing to do. */
  readonly published: Topic | undefined;
  /** @default the system's clock, milliseconds */
  readonly now?: () => number;
}

/**
 * Publishes what the worker was not told of, or could not publish.
 */
export function publishing(dependencies: PublishTaskDependencies): PersonalUpkeep {
  const { published, records, isDryRun = false, progress, note } = dependencies;
  const figures = { people: 0, published_events: 0 };
  const work = async (userId: string): Promise<void> => {
    if (published === undefined) return;
    figures.people += 1;
    figures.published_events += isDryRun
      ? await countOutbox(records, userId)
      : await publishPerson({ ...dependencies, published }, userId);
    progress?.(figures);
  };
  const failing = "people's events could not be published";
  return { figures, failing, work: noting("unpublished-log", work, note) };
}
