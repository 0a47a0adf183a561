import type { Config } from "../config.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { createCloudUploadSessions } from "./cloud-upload-sessions.ts";
import { type DiskUploadSessions, createDiskUploadSessions } from "./disk-upload-sessions.ts";
import type { UploadSessions } from "./upload-sessions.ts";

export interface OpenedSessions {
  readonly sessions: UploadSessions;
  /** The same, where their bytes arrive at the app itself. */
  readonly disk: DiskUploadSessions | undefined;
  /** Scheme and host of their addresses, where it is not the service's own. */
  readonly uploadOrigin?: string;
}

const googleStorageOrigin = "https://storage.googleapis.com";

/** The sessions that belong to the uploads store. */
export function openUploadSessions(
  { uploadsStore, storageEndpoint }: Pick<Config, "uploadsStore" | "storageEndpoint">,
  uploads: ObjectStore,
): OpenedSessions {
  if (uploadsStore.kind === "folder") {
    const disk = createDiskUploadSessions(uploadsStore.folder, uploads);
    return { sessions: disk, disk };
  }
  const sessions = createCloudUploadSessions({
    bucket: uploadsStore.bucket,
    uploads,
    ...(storageEndpoint !== undefined && { apiEndpoint: storageEndpoint }),
  });
  const uploadOrigin = new URL(storageEndpoint ?? googleStorageOrigin).origin;
  return { sessions, disk: undefined, uploadOrigin };
}
