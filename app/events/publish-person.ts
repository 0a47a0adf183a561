import { type OutboxOptions, publishLastEntry, publishOutbox } from "../catalog/outbox/publish-outbox.ts";
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
    publish: publishTo(published, userId),
  });
}

/** Publishes the end of a log whose rest cannot be published, again where that was done before: see publishLastEntry. */
export function publishEnd(
  { records, published }: Pick<PublishDependencies, "records" | "published">,
  userId: string,
): Promise<void> {
  return publishLastEntry(records, userId, { publish: publishTo(published, userId) });
}

function publishTo(published: Topic, userId: string): OutboxOptions["publish"] {
  return (events) => published.publish(events.map((data) => ({ data, orderingKey: userId })));
}
