import type { Catalog } from "../catalog/catalog.ts";
import type { Photo } from "../catalog/photo.ts";
import { objectPrefixes } from "../runtime-contract.ts";
import type { ObjectStore } from "../storage/object-store.ts";

export interface PurgeDependencies {
  readonly catalog: Catalog;
  readonly media: ObjectStore;
  readonly records: ObjectStore;
  /** @default the system's clock, milliseconds */
  readonly now?: () => number;
}

/** How long a photo stays in the trash. */
const trashMilliseconds = 30 * 24 * 3600 * 1000;
const pageSize = 500;

/**
 * Deletes for good what has been in the trash for thirty days, and what a purge before began and did not finish:
 * said first, then the bytes, then the record, which frees the room.
 *
 * @throws AggregateError after everyone's turn, when somebody's photos could not be purged
 */
export async function purge(dependencies: PurgeDependencies): Promise<Readonly<Record<string, number>>> {
  const { catalog, records, now = Date.now } = dependencies;
  const figures = { people: 0, purged_photos: 0, freed_bytes: 0 };
  const faults: unknown[] = [];
  for await (const userId of everyPerson(records)) {
    figures.people += 1;
    try {
      // Its closing was stopped half-way: its catalog takes nothing more, and the next sign-in finishes it.
      if (await catalog.isClosed(userId)) continue;
      for await (const photo of everyPhoto(catalog, userId)) {
        if (!isDue(photo, now())) continue;
        await purgePhoto(dependencies, photo);
        figures.purged_photos += 1;
        figures.freed_bytes += photo.sizeBytes;
      }
    } catch (error) {
      // One person's fault keeps nobody else's trash.
      faults.push(error);
    }
  }
  if (faults.length > 0)
    throw new AggregateError(faults, `${faults.length} people's photos could not be purged`);
  return figures;
}

async function* everyPhoto(catalog: Catalog, userId: string): AsyncIterable<Photo> {
  let after = "";
  for (;;) {
    const photos = await catalog.everyPhoto(userId, { limit: pageSize, after });
    yield* photos;
    const last = photos.at(-1);
    if (last === undefined || photos.length < pageSize) return;
    after = last.id;
  }
}

/** However often, the outcome is the same. The photo must be in the trash. */
export async function purgePhoto(
  { catalog, media }: Pick<PurgeDependencies, "catalog" | "media">,
  { id: photoId, userId, storagePath, previewPath, thumbnailPath }: Photo,
): Promise<void> {
  await catalog.execute(userId, { kind: "purge-photo", photoId }, { idempotencyKey: `purge ${photoId}` });
  for (const name of [storagePath, previewPath, thumbnailPath]) await media.delete(name);
  const command = { kind: "finish-purge", photoId } as const;
  await catalog.execute(userId, command, { idempotencyKey: `purged ${photoId}` });
}

function isDue({ state, deletedAt }: Photo, now: number): boolean {
  if (state === "purging") return true;
  return deletedAt !== null && now - Date.parse(deletedAt) >= trashMilliseconds;
}

/** Ids of all who ever signed in, from the records that tie them to their sign-in. */
async function* everyPerson(records: ObjectStore): AsyncIterable<string> {
  for await (const { name } of records.list(objectPrefixes.identities)) {
    const found = await records.read(name);
    const value: unknown =
      found === undefined ? undefined : JSON.parse(Buffer.from(found.bytes).toString("utf8"));
    const userId: unknown =
      typeof value === "object" && value !== null ? Reflect.get(value, "userId") : undefined;
    if (typeof userId === "string") yield userId;
  }
}
