import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { ShownAlbum } from "../../../app/catalog/album.ts";
import type { Catalogs } from "../../../app/catalog/create-catalog.ts";
import type { Photo } from "../../../app/catalog/photo.ts";
import type { Profile } from "../../../app/catalog/profile.ts";
import type { Flag, Member } from "../../../app/catalog/organisation-catalog.ts";
import type { ShownShare } from "../../../app/catalog/share.ts";
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
  readonly answers: Answers;
}

interface Answers {
  readonly photos: readonly Photo[];
  readonly profile: Profile | undefined;
  readonly members: readonly Member[];
  /** Each with its photos in order. Releases before version 2 had none. */
  readonly albums?: readonly (ShownAlbum & { readonly photoIds: readonly string[] })[];
  readonly shares?: readonly ShownShare[];
  /** Recorded from version 3 on. */
  readonly flags?: readonly Flag[];
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** What a catalog answers about everything that is kept. */
export async function answersOf(catalog: Catalogs, person: string): Promise<Answers> {
  const albums = [];
  for (const album of (await catalog.albums(person, { limit: 200 })).albums) {
    const { photos } = await catalog.albumPhotos(person, album.id, { limit: 200 });
    albums.push({ ...album, photoIds: photos.map(({ id }) => id) });
  }
  const shares = [];
  for (const { id } of (await catalog.shares(person, { limit: 200 })).shares) {
    const share = await catalog.share(person, id);
    if (share !== undefined) shares.push(share);
  }
  return {
    photos: await catalog.everyPhoto(person, { limit: 1000 }),
    profile: await catalog.profile(person),
    members: await catalog.organisation.members({ limit: 200 }),
    flags: await catalog.organisation.flags(),
    settings: await catalog.organisation.settings(),
    albums,
    shares,
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
