import { isDeepStrictEqual } from "node:util";
import type { Catalog } from "../../../app/catalog/catalog.ts";
import { personAt } from "../../../app/catalog/history/past-catalog.ts";
import { verifyCatalog } from "../../../app/catalog/history/verify-catalog.ts";
import { walkLog } from "../../../app/catalog/history/walk-log.ts";
import { personModel } from "../../../app/catalog/person/person-model.ts";
import type { Photo } from "../../../app/catalog/photo.ts";
import type { ObjectStore } from "../../../app/storage/object-store.ts";
import { changeOf, people } from "./scripted-change.ts";

/**
 * Holds the store against what was acknowledged, when every change that was begun has been: each is in the log
 * once, in the entry that was named, nothing else is, the logs verify, and the photos are what the changes amount to
 * both by the log alone and by a view opened now.
 *
 * @returns what is wrong; empty for nothing
 */
export async function judge(
  records: ObjectStore,
  catalog: Catalog,
  acknowledged: ReadonlyMap<string, number>,
): Promise<string[]> {
  const faults: string[] = [];
  const written = new Map<string, number>();
  for (const userId of people) {
    for (const { problem } of (await verifyCatalog(records, userId)).damage) faults.push(problem);
    for await (const step of walkLog(records, userId, personModel)) {
      if (!("entry" in step)) continue;
      for (const { idempotencyKey } of step.entry.commands) {
        const before = written.get(idempotencyKey);
        if (before !== undefined)
          faults.push(`${idempotencyKey} is in entries ${before} and ${step.sequence}`);
        if (!acknowledged.has(idempotencyKey)) faults.push(`${idempotencyKey} was written and never begun`);
        written.set(idempotencyKey, step.sequence);
      }
    }
  }
  for (const [key, sequence] of acknowledged) {
    if (written.get(key) === sequence) continue;
    faults.push(`${key} was acknowledged in entry ${sequence} and is in ${written.get(key)}`);
  }
  for (const userId of people) faults.push(...(await compareViews(records, catalog, userId, acknowledged)));
  return faults;
}

async function compareViews(
  records: ObjectStore,
  catalog: Catalog,
  userId: string,
  acknowledged: ReadonlyMap<string, number>,
): Promise<string[]> {
  const versions = new Map<string, number>();
  for (const key of acknowledged.keys()) {
    const change = changeOf(key);
    if (change.userId !== userId) continue;
    versions.set(change.photoId, (versions.get(change.photoId) ?? 0) + 1);
  }
  const past = await personAt(records, userId);
  if ("damage" in past) return past.damage.map(({ problem }) => problem);
  const faults = past.photos
    .filter(({ id, version }) => versions.get(id) !== version)
    .map(({ id, version }) => `${id} has version ${version} after ${versions.get(id)} changes`);
  if (past.photos.length !== versions.size) faults.push(`${past.photos.length} photos of ${versions.size}`);
  const viewed = await photosOf(catalog, userId);
  if (!isDeepStrictEqual(viewed, past.photos)) faults.push("the view is not what the log says");
  return faults;
}

async function photosOf(catalog: Catalog, userId: string): Promise<Photo[]> {
  const found: Photo[] = [];
  for (let after: string | undefined; ;) {
    const photos = await catalog.everyPhoto(userId, { limit: 1000, ...(after !== undefined && { after }) });
    found.push(...photos);
    after = photos.at(-1)?.id;
    if (after === undefined) return found;
  }
}
