import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Photo } from "../../../app/catalog/photo.ts";
import type { Profile } from "../../../app/catalog/profile.ts";
import type { Member } from "../../../app/catalog/organisation-catalog.ts";
import type { ObjectStore } from "../../../app/storage/object-store.ts";

/** What a release has left in the store, and what it answered when it was asked about it. */
export interface ReleasedRecords {
  readonly viewVersion: number;
  readonly person: string;
  readonly objects: readonly {
    readonly name: string;
    readonly contentType: string;
    readonly base64: string;
  }[];
  readonly answers: {
    readonly photos: readonly Photo[];
    readonly profile: Profile | undefined;
    readonly members: readonly Member[];
  };
}

function fileOf(viewVersion: number): string {
  return join(import.meta.dirname, `view-${viewVersion}.json.gz`);
}

export function readReleased(viewVersion: number): ReleasedRecords {
  return JSON.parse(gunzipSync(readFileSync(fileOf(viewVersion))).toString()) as ReleasedRecords;
}

export function writeReleased(records: ReleasedRecords): string {
  const file = fileOf(records.viewVersion);
  writeFileSync(file, gzipSync(JSON.stringify(records), { level: 9 }));
  return file;
}

/** Puts everything there as the release left it. */
export async function restoreReleased(records: ReleasedRecords, store: ObjectStore): Promise<void> {
  for (const { name, contentType, base64 } of records.objects) {
    await store.put(name, Buffer.from(base64, "base64"), { contentType });
  }
}
