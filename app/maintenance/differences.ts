import type { Photo } from "../catalog/photo.ts";
import type { StoredObject } from "../storage/object-store.ts";
import { writtenAt } from "../storage/written-at.ts";
import type { Finding } from "./report.ts";
import { readPhotoObjectName } from "../photos/photo-object-name.ts";

/** One thing in which a person's records and objects are not as they should be together. */
export type Difference =
  /** The record says it is there. */
  | { readonly kind: "missing-original"; readonly photo: Photo }
  /** Its size or its checksum is another than the record says. */
  | { readonly kind: "changed-original"; readonly photo: Photo; readonly object: StoredObject }
  /** The photo is ready, and a picture of it is not there. */
  | { readonly kind: "missing-picture"; readonly photo: Photo; readonly objectName: string }
  /** The photo waits for the worker, and nothing asks for the work. */
  | { readonly kind: "forgotten-processing"; readonly photo: Photo }
  /** No record knows of the photo. */
  | { readonly kind: "orphan"; readonly object: StoredObject }
  /** A picture that the photo had before, or an original of another format. */
  | { readonly kind: "superseded"; readonly object: StoredObject }
  /** Not a name that this service gives; nothing is done about it. */
  | { readonly kind: "unknown-object"; readonly object: StoredObject };

export interface PersonsObjects {
  /** By name. */
  readonly objects: ReadonlyMap<string, StoredObject>;
  /** Ids of photos for which the worker is asked. */
  readonly requested: ReadonlySet<string>;
}

/** What `photos` say and what is stored, both ways. A photo that is being deleted for good has every right to lack objects. */
export function* differencesOf(
  photos: ReadonlyMap<string, Photo>,
  { objects, requested }: PersonsObjects,
): Iterable<Difference> {
  for (const photo of photos.values()) {
    if (photo.state !== "purging") yield* differencesOfRecord(photo, objects, requested);
  }
  for (const object of objects.values()) {
    const named = readPhotoObjectName(object.name);
    if (named === undefined) {
      yield { kind: "unknown-object", object };
      continue;
    }
    const photo = photos.get(named.photoId);
    if (photo === undefined) yield { kind: "orphan", object };
    else if (photo.state !== "purging" && !namesOf(photo).includes(object.name)) {
      yield { kind: "superseded", object };
    }
  }
}

function* differencesOfRecord(
  photo: Photo,
  objects: ReadonlyMap<string, StoredObject>,
  requested: ReadonlySet<string>,
): Iterable<Difference> {
  const original = objects.get(photo.storagePath);
  if (original === undefined) yield { kind: "missing-original", photo };
  else if (original.crc32c !== photo.crc32c || original.sizeBytes !== photo.sizeBytes) {
    yield { kind: "changed-original", photo, object: original };
  }
  if (photo.state === "ready") {
    for (const objectName of [photo.previewPath, photo.thumbnailPath]) {
      if (!objects.has(objectName)) yield { kind: "missing-picture", photo, objectName };
    }
  }
  if (photo.state === "processing" && !requested.has(photo.id)) yield { kind: "forgotten-processing", photo };
}

function namesOf({ storagePath, previewPath, thumbnailPath }: Photo): readonly string[] {
  return [storagePath, previewPath, thumbnailPath];
}

/** The photo that it is about; an empty id for an object of an unknown name. */
export function photoIdOf(difference: Difference): string {
  if ("photo" in difference) return difference.photo.id;
  return readPhotoObjectName(difference.object.name)?.photoId ?? "";
}

/** Since when it can be so, in milliseconds since 1970. */
export function timeOf(difference: Difference): number {
  return "object" in difference ? writtenAt(difference.object) : Date.parse(difference.photo.updatedDate);
}

/** @param isKept nothing is done about it, whatever its kind */
export function toFinding(difference: Difference, userId: string, isKept = false): Finding {
  const { kind } = difference;
  return {
    kind,
    subject: objectNameOf(difference),
    userId,
    outcome: isKept || leftKinds.includes(kind) ? "left" : "mended",
    detail: isKept ? "too many have no record: the records may be what is lost" : meanings[kind],
  };
}

/** Nothing here can mend these. */
const leftKinds: readonly Difference["kind"][] = ["missing-original", "changed-original", "unknown-object"];

function objectNameOf(difference: Difference): string {
  if ("object" in difference) return difference.object.name;
  return "objectName" in difference ? difference.objectName : difference.photo.storagePath;
}

const meanings: Readonly<Record<Difference["kind"], string>> = {
  "missing-original":
    "lost: bring back an older version of the object, or restore it while it is soft-deleted",
  "changed-original": "not what was acknowledged: bring back the object's older version",
  "missing-picture": "is made again",
  "forgotten-processing": "the worker is asked again",
  orphan: "no record knows it: is removed",
  superseded: "the photo has another one by now: is removed",
  "unknown-object": "not a name that this service gives: left alone",
};
