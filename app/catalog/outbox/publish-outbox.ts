import type { ObjectStore } from "../../storage/object-store.ts";
import { logRuns } from "../history/log-runs.ts";
import { listLog } from "../history/stored-logs.ts";
import { personModel } from "../person/person-model.ts";
import { Bookmark } from "../protocol/bookmark.ts";
import { Log } from "../protocol/log.ts";
import { type PublishedEvent, publishedEvents } from "./published-event.ts";

/** Events in one call of `publish`: Pub/Sub takes 1,000 messages in a request. */
const mostAtOnce = 500;

const tries = 5;

export interface OutboxOptions {
  /** Safe once it resolves; a rejection leaves open whether. */
  readonly publish: (events: readonly PublishedEvent[]) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Does not look for missing entries: for who comes after every change. @default false */
  readonly isHasty?: boolean;
  /** For the simulation only: the format has 256. */
  readonly segmentLength?: number;
}

/**
 * Publishes what happened in a person's catalog since the last time: the log is the outbox, and how far it was published
 * lies beside it. At least once and in order: whoever is stopped, or meets another who publishes the same, leaves the
 * mark where nothing before it is unpublished.
 *
 * @returns how many events
 * @throws what `publish` throws, DamagedLogError, NewerEntryError, or the store's error; what was published before stays
 *   so
 */
export async function publishOutbox(
  store: ObjectStore,
  owner: string,
  { publish, now, isHasty = false, segmentLength }: OutboxOptions,
): Promise<number> {
  const bookmark = new Bookmark(store, owner, "published");
  const after = (await bookmark.read())?.sequences["published"] ?? 0;
  let count = 0;
  const query = { after, isHasty, ...(segmentLength !== undefined && { segmentLength }) };
  for await (const run of logRuns(store, owner, personModel, query)) {
    const events = run.flatMap((entry) => publishedEvents(owner, entry));
    await publishAll(events, publish);
    count += events.length;
    const published = run.at(-1)?.seq ?? after;
    await moveTo(bookmark, { at: new Date(now()).toISOString(), sequences: { published } });
  }
  return count;
}

/**
 * Publishes what the log's last entry tells, whatever is before it, and leaves the mark where it is: for a log that is
 * deleted although entries are missing.
 *
 * @throws what `publish` throws, DamagedLogError, NewerEntryError, or the store's error
 */
export async function publishLastEntry(
  store: ObjectStore,
  owner: string,
  { publish }: Pick<OutboxOptions, "publish">,
): Promise<void> {
  const { numbers } = await listLog(store, owner);
  const last = numbers.at(-1);
  if (last === undefined) return;
  const entry = await new Log(store, owner, personModel).readKnown(last);
  await publishAll(publishedEvents(owner, entry), publish);
}

async function publishAll(
  events: readonly PublishedEvent[],
  publish: OutboxOptions["publish"],
): Promise<void> {
  for (let first = 0; first < events.length; first += mostAtOnce) {
    await publish(events.slice(first, first + mostAtOnce));
  }
}

/** How many events wait to be published. */
export async function countOutbox(store: ObjectStore, owner: string): Promise<number> {
  const after = (await new Bookmark(store, owner, "published").read())?.sequences["published"] ?? 0;
  let count = 0;
  for await (const run of logRuns(store, owner, personModel, { after })) {
    for (const entry of run) count += publishedEvents(owner, entry).length;
  }
  return count;
}

/** Never back: another may have published more meanwhile. */
async function moveTo(
  bookmark: Bookmark,
  mark: { readonly at: string; readonly sequences: { readonly published: number } },
): Promise<void> {
  for (let tried = 1; tried <= tries; tried++) {
    if (await bookmark.set(mark)) return;
    const found = (await bookmark.read())?.sequences["published"] ?? 0;
    if (found >= mark.sequences.published) return;
  }
}
