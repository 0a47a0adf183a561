import type { Catalog } from "../catalog/catalog.ts";
import type { Photo } from "../catalog/photo.ts";
import type { EdgeCache } from "../media/edge-cache.ts";
import { freshKey } from "../own-key.ts";
import { personFolders } from "../photos/photo-object-name.ts";
import { derivativePrefixes } from "../photos/photo-objects.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { type PersonalUpkeep, everyPhoto } from "./everyone.ts";
import { leftBy } from "./report.ts";
import type { Upkeep } from "./upkeep.ts";

export interface PurgeDependencies extends Upkeep {
  readonly catalog: Catalog;
  readonly media: ObjectStore;
  readonly records: ObjectStore;
  readonly edge: EdgeCache;
  /** So many people's folders are forgotten by the edge at once. @default 20 */
  readonly peopleAtOnce?: number;
  /** @default the system's clock, milliseconds */
  readonly now?: () => number;
}

/** How long a photo stays in the trash. */
const trashMilliseconds = 30 * 24 * 3600 * 1000;

/** It takes a number of requests in a minute, one for each of a person's folders. */
const defaultPeopleAtOnce = 20;

/** Photos of one person whose bytes are deleted and whose records are not. */
interface Emptied {
  readonly userId: string;
  readonly photos: readonly Photo[];
}

/**
 * Deletes for good what has been in the trash for thirty days, and what a purge before began and did not finish:
 * said first, then the bytes, then the edge's copies, then the record, which frees the room. Stopped at any moment it
 * is continued when a walk comes to the same person again. Of up to `peopleAtOnce` people, whom a stopped walk had come
 * past, that is the one after the walk that goes on with it.
 */
export function purging(dependencies: PurgeDependencies): PersonalUpkeep {
  const { catalog, edge, now = Date.now, isDryRun = false, progress, note } = dependencies;
  const { peopleAtOnce = defaultPeopleAtOnce } = dependencies;
  const figures = { people: 0, purged_photos: 0, freed_bytes: 0 };
  const waiting: Emptied[] = [];
  const count = (photo: Photo): void => {
    figures.purged_photos += 1;
    figures.freed_bytes += photo.sizeBytes;
    note?.({ kind: "due-photo", subject: photo.id, userId: photo.userId, outcome: "mended" });
    progress?.(figures);
  };

  /** What the edge may still give out is not recorded as gone. */
  async function finish(fail: (fault: unknown) => void): Promise<void> {
    const these = waiting.splice(0);
    if (these.length === 0) return;
    const forgotten = edge.forget(these.flatMap(({ userId }) => personFolders(userId)));
    for (const { userId, photos } of these) {
      try {
        await forgotten;
        for (const photo of photos) {
          const command = { kind: "finish-purge", photoId: photo.id } as const;
          await catalog.execute(userId, command, { idempotencyKey: freshKey("purged") });
          count(photo);
        }
      } catch (error) {
        note?.({ kind: "unfinished-purge", subject: userId, userId, ...leftBy(error) });
        fail(error);
      }
    }
  }

  async function purgePerson(userId: string, fail: (fault: unknown) => void): Promise<void> {
    figures.people += 1;
    const photos: Photo[] = [];
    const faults: unknown[] = [];
    for await (const photo of everyPhoto(catalog, userId)) {
      if (!isDue(photo, now())) continue;
      if (isDryRun) {
        count(photo);
        continue;
      }
      try {
        await emptyPhoto(dependencies, photo);
        photos.push(photo);
      } catch (error) {
        faults.push(error);
        note?.({ kind: "unfinished-purge", subject: photo.id, userId, ...leftBy(error) });
      }
    }
    if (photos.length > 0) waiting.push({ userId, photos });
    if (waiting.length >= peopleAtOnce) await finish(fail);
    if (faults.length > 0) throw new AggregateError(faults, `${faults.length} photos of ${userId} are left`);
  }

  return { figures, failing: "people's photos could not be purged", work: purgePerson, last: finish };
}

/** However often, the outcome is the same. The photo must be in the trash. */
async function emptyPhoto(
  { catalog, media }: Pick<PurgeDependencies, "catalog" | "media">,
  photo: Photo,
): Promise<void> {
  const { id: photoId, userId } = photo;
  await catalog.execute(userId, { kind: "purge-photo", photoId }, { idempotencyKey: freshKey("purge") });
  for await (const name of everyObject(media, photo)) await media.delete(name);
}

function isDue({ state, deletedAt }: Photo, now: number): boolean {
  if (state === "purging") return true;
  return deletedAt !== null && now - Date.parse(deletedAt) >= trashMilliseconds;
}

/** The derivatives before the original: with it they could be made again. */
async function* everyObject(media: ObjectStore, { id, userId, storagePath }: Photo): AsyncIterable<string> {
  for (const prefix of derivativePrefixes(userId, id)) {
    for await (const { name } of media.list(prefix)) yield name;
  }
  yield storagePath;
}
