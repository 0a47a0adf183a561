import { type StoreLocation, readStore, storeExpected } from "./config-values.ts";
import type { EnvironmentReader } from "./environment-reader.ts";

export interface StoreConfig {
  readonly mediaStore: StoreLocation;
  readonly recordsStore: StoreLocation;
  readonly uploadsStore: StoreLocation;
}

/** Where objects are kept, each kind of them apart; undefined where the reader has a complaint. */
export function readStores(reader: EnvironmentReader): StoreConfig | undefined {
  const mediaStore = reader.take("MEDIA_STORE", storeExpected, readStore);
  const recordsStore = reader.take("RECORDS_STORE", storeExpected, readStore);
  const uploadsStore = reader.take("UPLOADS_STORE", storeExpected, readStore);
  const complain = (name: string, other: string, why: string) =>
    reader.problems.push(`${name} is the same as ${other}: expected another, for ${why}`);
  if (areSame(recordsStore, mediaStore))
    complain("RECORDS_STORE", "MEDIA_STORE", "the edge may read the media");
  for (const [name, other] of [
    ["MEDIA_STORE", mediaStore],
    ["RECORDS_STORE", recordsStore],
  ] as const) {
    if (areSame(uploadsStore, other))
      complain("UPLOADS_STORE", name, "what lies there is deleted after two days");
  }
  return (
    mediaStore &&
    recordsStore &&
    uploadsStore &&
    Object.freeze({
      mediaStore: Object.freeze(mediaStore),
      recordsStore: Object.freeze(recordsStore),
      uploadsStore: Object.freeze(uploadsStore),
    })
  );
}

function areSame(one: StoreLocation | undefined, other: StoreLocation | undefined): boolean {
  return one !== undefined && other !== undefined && placeOf(one) === placeOf(other);
}

function placeOf(location: StoreLocation): string {
  return location.kind === "bucket" ? `gs://${location.bucket}` : location.folder;
}
