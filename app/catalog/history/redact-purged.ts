import type { ObjectStore } from "../../storage/object-store.ts";
import type { Effect } from "../person/effects.ts";
import { personModel } from "../person/person-model.ts";
import { redactEffect } from "../person/redact-effect.ts";
import { PurgedEffectsFinder } from "./purged-effects.ts";
import { type LogRedactionOptions, redactLog } from "./redact-log.ts";

/** From the entry that ends a photo or an upload until what the log says of it is taken out of it. */
const redactionMilliseconds = 24 * 3600 * 1000;

export interface Redaction {
  /** Photos that were purged, and of which nothing but ids, sizes and the hashes of requests is in the log now. */
  readonly photos: number;
  /** Entries that were rewritten. */
  readonly entries: number;
  /** Snapshots that were older than a purge. */
  readonly snapshots: number;
}

/**
 * Takes what the log of a person tells about photos that were purged a day ago, and about uploads that were over by then
 * and led to none, out of its entries, segments and snapshots: see redactLog.
 *
 * @throws DamagedLogError, NewerEntryError, or the store's error
 */
export async function redactPurged(
  store: ObjectStore,
  owner: string,
  options: LogRedactionOptions,
): Promise<Redaction> {
  const purging = {
    model: personModel,
    forgotten: endedBy,
    upTo: options.now - redactionMilliseconds,
    finder: (due: ReadonlyMap<number, unknown>) => new PurgedEffectsFinder(Math.min(...due.keys())),
    redact: redactEffect,
  };
  const { forgotten, entries, snapshots } = await redactLog(store, owner, purging, options);
  return { photos: forgotten.filter((name) => name.startsWith(ofPhotos)).length, entries, snapshots };
}

const ofPhotos = "photo ";

function endedBy(effect: Effect): string | undefined {
  if (effect.kind === "photo-purged") return `${ofPhotos}${effect.photoId}`;
  return effect.kind === "upload-closed" ? `upload ${effect.uploadId}` : undefined;
}
