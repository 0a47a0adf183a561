import type { Catalog } from "../catalog/catalog.ts";
import type { Photo } from "../catalog/photo.ts";
import { derivativePrefixes } from "../photos/photo-objects.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { everyPhoto, forEveryPerson } from "./everyone.ts";
import type { Figures, Upkeep } from "./upkeep.ts";

export interface PurgeDependencies extends Upkeep {
  readonly catalog: Catalog;
  readonly media: ObjectStore;
  readonly records: ObjectStore;
  /** @default the system's clock, milliseconds */
  readonly now?: () => number;
}

/** How long a photo stays in the trash. */
const trashMilliseconds = 30 * 24 * 3600 * 1000;

/**
 * Deletes for good what has been in the trash for thirty days, and what a purge before began and did not finish:
 * said first, then the bytes, then the record, which frees the room.
 *
 * @throws AggregateError after everyone's turn, when somebody's photos could not be purged
 */
export async function purge(dependencies: PurgeDependencies): Promise<Figures> {
  const { catalog, now = Date.now, isDryRun = false, progress, note } = dependencies;
  const figures = { people: 0, purged_photos: 0, freed_bytes: 0 };
  await forEveryPerson(dependencies, "people's photos could not be purged", async (userId) => {
    figures.people += 1;
    for await (const photo of everyPhoto(catalog, userId)) {
      if (!isDue(photo, now())) continue;
      if (!isDryRun) await purgePhoto(dependencies, photo);
      figures.purged_photos += 1;
      figures.freed_bytes += photo.sizeBytes;
      note?.({ kind: "due-photo", subject: photo.id, userId, outcome: "mended" });
      progress?.(figures);
    }
  });
  return figures;
}

/** However often, the outcome is the same. The photo must be in the trash. */
export async function purgePhoto(
  { catalog, media }: Pick<PurgeDependencies, "catalog" | "media">,
  photo: Photo,
): Promise<void> {
  const { id: photoId, userId } = photo;
  await catalog.execute(userId, { kind: "purge-photo", photoId }, { idempotencyKey: `purge ${photoId}` });
  for await (const name of everyObject(media, photo)) await media.delete(name);
  const command = { kind: "finish-purge", photoId } as const;
  await catalog.execute(userId, command, { idempotencyKey: `purged ${photoId}` });
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
