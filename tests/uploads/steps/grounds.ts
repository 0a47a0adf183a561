import { join } from "node:path";
import { CloudObjectStore } from "../../../app/storage/cloud-object-store.ts";
import { DiskObjectStore } from "../../../app/storage/disk-object-store.ts";
import { createCloudUploadSessions } from "../../../app/uploads/cloud-upload-sessions.ts";
import { createDiskUploadSessions } from "../../../app/uploads/disk-upload-sessions.ts";
import type { TestIssuer } from "../../app/iap-issuer.ts";
import type { Ground } from "./life.ts";

/** What another process can be told of a ground. */
export type Place =
  | { readonly kind: "disk"; readonly folder: string }
  | {
      readonly kind: "cloud";
      readonly folder: string;
      readonly origin: string;
      /** Tells the buckets of one ground from those of others. */
      readonly number: number;
    };

export function bucketsOf({ number }: Extract<Place, { kind: "cloud" }>) {
  return { media: `media-${number}`, records: `records-${number}`, uploads: `uploads-${number}` };
}

/** The buckets of a ground in the cloud are made already. */
export function openGround(place: Place, issuer: TestIssuer): Ground {
  const { folder } = place;
  if (place.kind === "disk") {
    const uploadsFolder = join(folder, "uploads");
    return {
      folder,
      issuer,
      media: new DiskObjectStore(join(folder, "media")),
      records: new DiskObjectStore(join(folder, "records")),
      uploads: new DiskObjectStore(uploadsFolder),
      openSessions(uploads) {
        const disk = createDiskUploadSessions(uploadsFolder, uploads);
        return { sessions: disk, disk };
      },
    };
  }
  const buckets = bucketsOf(place);
  const at = { apiEndpoint: place.origin };
  return {
    folder,
    issuer,
    media: new CloudObjectStore({ bucket: buckets.media, ...at }),
    records: new CloudObjectStore({ bucket: buckets.records, ...at }),
    uploads: new CloudObjectStore({ bucket: buckets.uploads, ...at }),
    openSessions: (uploads) => ({
      sessions: createCloudUploadSessions({ bucket: buckets.uploads, ...at, uploads }),
      disk: undefined,
    }),
  };
}
