import type { Activity, ActivityPage } from "../activity.ts";
import { decodeNumberCursor } from "../cursor.ts";
import type { Entry } from "../protocol/entry.ts";
import type { PageQuery } from "../questions.ts";
import type { Effect } from "./effects.ts";
import { cursorAfter, limitOf } from "./page.ts";

/** Entries that are read at once. */
const window = 16;
const list = "activity";

interface Found {
  readonly activity: Activity;
  /** Among the entry's effects. */
  readonly index: number;
}

/**
 * Checks the query, and only then reads. Begins at the head or where the page before ended and reads backwards, no
 * more entries than the page needs.
 *
 * @throws InvalidCursorError, RangeError
 */
export function activityPage(
  query: PageQuery,
): (head: number, read: (sequence: number) => Promise<Entry<Effect>>) => Promise<ActivityPage> {
  const limit = limitOf(query);
  const start = query.cursor === undefined ? undefined : decodeNumberCursor(list, query.cursor);
  return async (head, read) => {
    const from =
      start === undefined
        ? { sequence: head, index: Infinity }
        : { sequence: Math.min(head, Math.floor(start.sortedBy)), index: Number(start.id) };
    const found: Found[] = [];
    for (let last = from.sequence; last > 0 && found.length <= limit; last -= window) {
      const sequences = Array.from({ length: Math.min(window, last) }, (_, index) => last - index);
      const entries = await Promise.all(sequences.map(read));
      for (const entry of entries) {
        const isFirst = entry.seq === from.sequence;
        found.push(...activitiesOf(entry).filter(({ index }) => !isFirst || index < from.index));
      }
    }
    return {
      activities: found.slice(0, limit).map(({ activity }) => activity),
      nextCursor: cursorAfter(list, found, limit, ({ activity, index }) => ({
        sortedBy: String(activity.sequence),
        id: String(index),
      })),
    };
  };
}

/** In the order in which it happened. */
export function happenedIn(entry: Entry<Effect>): readonly Activity[] {
  return activitiesOf(entry)
    .map(({ activity }) => activity)
    .toReversed();
}

/** The latest first. */
function activitiesOf({ seq: sequence, at, commands }: Entry<Effect>): Found[] {
  return commands
    .flatMap(({ effects }) => effects)
    .map((effect, index) => ({
      activity: { sequence, at, kind: effect.kind, ...subjectsOf(effect) },
      index,
    }))
    .toReversed();
}

function subjectsOf(effect: Effect) {
  const ids = { photoId: null, albumId: null, shareId: null, uploadId: null, photoCount: null };
  switch (effect.kind) {
    case "photo-added":
      return { ...ids, photoId: effect.photo.id };
    case "upload-opened":
      return { ...ids, uploadId: effect.upload.id };
    case "upload-completed":
      return { ...ids, uploadId: effect.uploadId, photoId: effect.photoId };
    case "upload-closed":
      return { ...ids, uploadId: effect.uploadId };
    case "album-photos-added":
    case "album-photos-moved":
      return { ...ids, albumId: effect.albumId, photoCount: effect.photos.length };
    case "album-photos-removed":
      return { ...ids, albumId: effect.albumId, photoCount: effect.photoIds.length };
    case "album-created":
    case "album-edited":
    case "album-deleted":
      return { ...ids, albumId: effect.albumId };
    case "share-created":
      return { ...ids, shareId: effect.share.id, photoCount: effect.share.photoIds.length };
    case "share-photos-removed":
    case "share-ended":
      return { ...ids, shareId: effect.shareId, photoCount: effect.photoIds.length };
    case "photo-trashed":
    case "photo-restored":
    case "photo-derived":
    case "processing-failed":
    case "photo-purging":
    case "photo-purged":
    case "photo-edited":
      return { ...ids, photoId: effect.photoId };
    case "signed-in":
    case "settings-changed":
    case "quota-set":
    case "account-closed":
      return ids;
  }
}
