import type { Catalog } from "../catalog/catalog.ts";
import type { Photo } from "../catalog/photo.ts";
import type { ProcessingDependencies } from "../photos/finish-processing.ts";
import { photoFolders } from "../photos/photo-object-name.ts";
import { objectPrefixes } from "../runtime-contract.ts";
import type { ObjectStore, StoredObject } from "../storage/object-store.ts";
import { type Difference, differencesOf, photoIdOf, timeOf, toFinding } from "./differences.ts";
import { everyPhoto, forEveryPerson } from "./everyone.ts";
import { renewPictures } from "./rederive.ts";
import { type Finding, leftBy } from "./report.ts";
import type { Figures, Upkeep } from "./upkeep.ts";

export interface ReconcileDependencies extends ProcessingDependencies, Upkeep {
  readonly records: ObjectStore;
  /** @default the system's clock, milliseconds */
  readonly now?: () => number;
}

const hour = 3600 * 1000;

/** What is younger is left alone: somebody may still be at it, or look at it. */
const graceMilliseconds: Readonly<Record<Difference["kind"], number>> = {
  "missing-original": 0,
  "changed-original": 0,
  "missing-picture": 0,
  "forgotten-processing": hour,
  // Longer than any upload, page or signed address lives.
  orphan: 48 * hour,
  superseded: 48 * hour,
  "unknown-object": 48 * hour,
};

const none = {
  people: 0,
  photos: 0,
  objects: 0,
  missing_originals: 0,
  changed_originals: 0,
  missing_pictures: 0,
  forgotten_processing: 0,
  orphans: 0,
  superseded: 0,
  unknown_objects: 0,
  /** Too young to be a difference. */
  left_alone: 0,
  /** Without a record, but too many to be removed. */
  withheld: 0,
  repaired: 0,
  faults: 0,
};

type ReconcileFigures = { -readonly [Name in keyof typeof none]: number };

const figureOf = {
  "missing-original": "missing_originals",
  "changed-original": "changed_originals",
  "missing-picture": "missing_pictures",
  "forgotten-processing": "forgotten_processing",
  orphan: "orphans",
  superseded: "superseded",
  "unknown-object": "unknown_objects",
} as const satisfies Record<Difference["kind"], keyof typeof none>;

/** Originals or records that are lost. Nothing can repair that but an older version, or a copy. */
export class SomethingLostError extends Error {
  readonly figures: Figures;

  constructor(figures: ReconcileFigures) {
    const { missing_originals, changed_originals, withheld } = figures;
    super(
      `${missing_originals} originals are missing, ${changed_originals} are not what was acknowledged, and ` +
        `${withheld} objects without a record are too many to be leftovers: each is named above. ` +
        "Bring back older versions of the objects, or of the records, or the records' second copy",
    );
    this.figures = figures;
  }
}

/**
 * Compares every person's records with their objects, both ways, and repairs what can be repaired without losing
 * anything: pictures are made again, the worker is asked again, and what no record knows is removed once it is two
 * days old, unless there is so much of it that rather the records are lost. A recorded original is never touched.
 *
 * @throws SomethingLostError after everything else, when an original is missing or changed, or records seem lost
 * @throws AggregateError after everyone's turn, when somebody's catalog or objects could not be read
 */
export async function reconcile(dependencies: ReconcileDependencies): Promise<Figures> {
  const { now = Date.now, isDryRun = false, progress, note } = dependencies;
  const isRecent = (difference: Difference) =>
    now() - timeOf(difference) < graceMilliseconds[difference.kind];
  const figures: ReconcileFigures = { ...none };
  const requested = await everyRequest(dependencies);
  const work = async (userId: string): Promise<void> => {
    const objects = await objectsOf(dependencies.media, userId);
    const photos = await photosOf(dependencies.catalog, userId);
    figures.people += 1;
    figures.photos += photos.size;
    figures.objects += objects.size;
    const found = Array.from(differencesOf(photos, { objects, requested }));
    const isWithheld = areTooMany(found.filter(isOrphanedOriginal).length, photos.size);
    for (const difference of found) {
      if (isRecent(difference)) figures.left_alone += 1;
      else if (await isStillSo(dependencies, difference, userId)) {
        figures[figureOf[difference.kind]] += 1;
        const isKept = isWithheld && difference.kind === "orphan";
        if (isKept) figures.withheld += 1;
        const fault = isKept || isDryRun ? undefined : await settle(dependencies, difference, figures);
        note?.({ ...toFinding(difference, userId, isKept), ...fault });
      }
      progress?.(figures);
    }
  };
  await forEveryPerson(dependencies, { figures, failing: "people could not be reconciled", work });
  if (figures.missing_originals + figures.changed_originals + figures.withheld > 0) {
    throw new SomethingLostError(figures);
  }
  return figures;
}

function isOrphanedOriginal(difference: Difference): boolean {
  return difference.kind === "orphan" && difference.object.name.startsWith(objectPrefixes.originals);
}

/** Uploads that were given up leave a few; a catalog that was set back leaves many. */
function areTooMany(orphans: number, photos: number): boolean {
  return orphans > Math.max(20, photos / 20);
}

/** Photos come and go while the lists are read: looks at this one again. */
async function isStillSo(
  { catalog, media }: ReconcileDependencies,
  difference: Difference,
  userId: string,
): Promise<boolean> {
  const photo = await catalog.photo(userId, photoIdOf(difference));
  const objects = new Map<string, StoredObject>();
  const names = new Set(
    photo === undefined ? [] : [photo.storagePath, photo.previewPath, photo.thumbnailPath],
  );
  if ("object" in difference) names.add(difference.object.name);
  for (const name of names) {
    const object = await media.stat(name);
    if (object !== undefined) objects.set(name, object);
  }
  const photos = new Map(photo === undefined ? [] : [[photo.id, photo]]);
  const found = Array.from(differencesOf(photos, { objects, requested: new Set() }));
  return found.some((one) => one.kind === difference.kind);
}

/** @returns what the finding says instead where it could not be repaired this time */
async function settle(
  dependencies: ReconcileDependencies,
  difference: Difference,
  figures: ReconcileFigures,
): Promise<Partial<Finding> | undefined> {
  try {
    if (await repair(dependencies, difference)) figures.repaired += 1;
    return undefined;
  } catch (error) {
    figures.faults += 1;
    return leftBy(error);
  }
}

/** @returns whether there was anything to do */
async function repair(dependencies: ReconcileDependencies, difference: Difference): Promise<boolean> {
  const { media, processing } = dependencies;
  switch (difference.kind) {
    case "missing-picture":
      await renewPictures(dependencies, difference.photo);
      return true;
    case "forgotten-processing": {
      const { userId, id: photoId } = difference.photo;
      await processing.request({ userId, photoId });
      return true;
    }
    case "orphan":
    case "superseded": {
      const { name, generation } = difference.object;
      await media.delete(name, { ifGeneration: generation });
      return true;
    }
    case "missing-original":
    case "changed-original":
    case "unknown-object":
      return false;
  }
}

/** Before the records, which are written after the objects: so nothing that is recorded can seem to lack a record. */
async function objectsOf(media: ObjectStore, userId: string): Promise<ReadonlyMap<string, StoredObject>> {
  const objects = new Map<string, StoredObject>();
  for (const folder of photoFolders) {
    for await (const object of media.list(`${folder}${userId}/`)) objects.set(object.name, object);
  }
  return objects;
}

async function photosOf(catalog: Catalog, userId: string): Promise<ReadonlyMap<string, Photo>> {
  const photos = new Map<string, Photo>();
  for await (const photo of everyPhoto(catalog, userId)) photos.set(photo.id, photo);
  return photos;
}

async function everyRequest({ processing }: ReconcileDependencies): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for await (const { photoId } of processing.list()) ids.add(photoId);
  return ids;
}
