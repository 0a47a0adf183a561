import { publishOutbox } from "../catalog/outbox/publish-outbox.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import type { Topic } from "./topic.ts";

export interface PublishDependencies {
  readonly records: ObjectStore;
  readonly published: Topic;
  /** As for the outbox. @default false */
  readonly isHasty?: boolean;
  /** @default the system's clock, milliseconds */
  readonly now?: () => number;
}

/** Publishes what happened in a person's catalog and is not published yet. @returns how many events */
export function publishPerson(
  { records, published, isHasty = false, now = Date.now }: PublishDependencies,
  userId: string,
): Promise<number> {
  return publishOutbox(records, userId, {
    now,
    isHasty,
    publish: (events) => published.publish(events.map((data) => ({ data, orderingKey: userId }))),
  });
}
