import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { ShownAlbum } from "../../../app/catalog/album.ts";
import type { Catalogs } from "../../../app/catalog/create-catalog.ts";
import type { Photo } from "../../../app/catalog/photo.ts";
import type { Profile } from "../../../app/catalog/profile.ts";
import type { Flag, Member } from "../../../app/catalog/organisation-catalog.ts";
import { personModel } from "../../../app/catalog/person/person-model.ts";
import { decodeEntry } from "../../../app/catalog/protocol/entry.ts";
import type { ShownShare } from "../../../app/catalog/share.ts";
import type { Upload } from "../../../app/catalog/upload.ts";
import type { Amount, Usage } from "../../../app/catalog/usage.ts";
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
  /** Recorded from version 4 on. */
  readonly usage?: Usage;
  readonly uploads?: readonly (Upload | undefined)[];
}

/** Uploads that record.ts opens: of the first a photo came to be, the second was given up. */
const uploadIds = ["01", "02"];

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
    usage: await catalog.usage(person),
    uploads: await Promise.all(uploadIds.map((id) => catalog.upload(person, id))),
  };
}

function amountOf(photos: readonly Photo[]): Amount {
  return { count: photos.length, bytes: photos.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
}

/** What the recorded photos take up, with the quota that record.ts sets. */
export function usageOf({ photos }: Answers): Usage {
  const nothing = { count: 0, bytes: 0 };
  return {
    quotaBytes: 5 * 2 ** 30,
    usedBytes: amountOf(photos).bytes,
    reservedBytes: 0,
    photos: amountOf(photos.filter(({ deletedAt }) => deletedAt === null)),
    trash: amountOf(photos.filter(({ deletedAt }) => deletedAt !== null)),
    purging: nothing,
    uploads: nothing,
  };
}

/** The uploads as the person's log has them: completed with their photo, or gone. */
export function uploadsOf({ objects, person }: ReleasedRecords): readonly (Upload | undefined)[] {
  const prefix = `catalog/${person}/log/`;
  const uploads = new Map<string, Upload>();
  for (const { name, base64 } of objects.filter((object) => object.name.startsWith(prefix))) {
    const sequence = Number.parseInt(name.slice(prefix.length), 10);
    const { at, commands } = decodeEntry(Buffer.from(base64, "base64"), sequence, personModel);
    for (const effect of commands.flatMap(({ effects }) => effects)) {
      if (effect.kind === "upload-opened") {
        const { upload } = effect;
        uploads.set(upload.id, { ...upload, createdDate: at, state: "open", photoId: null });
      } else if (effect.kind === "upload-closed") uploads.delete(effect.uploadId);
      else if (effect.kind === "upload-completed") {
        const opened = uploads.get(effect.uploadId);
        if (opened === undefined)
          throw new Error(`the log completes '${effect.uploadId}', which it never opened`);
        uploads.set(effect.uploadId, { ...opened, state: "completed", photoId: effect.photoId });
      }
    }
  }
  return uploadIds.map((id) => uploads.get(id));
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
