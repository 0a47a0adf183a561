import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { isLoopbackOrigin, readStore } from "../config-values.ts";
import { CloudObjectStore } from "../storage/cloud-object-store.ts";
import { DiskObjectStore } from "../storage/disk-object-store.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { UsageError } from "./terminal.ts";

/** Where `npm start` keeps records, seen from the repository. */
export const localRecords = ".imgstream/records";

/**
 * Opens what is there and makes nothing.
 *
 * @param location `gs://BUCKET` or `file:///FOLDER`
 * @param standIn for Cloud Storage, as STORAGE_EMULATOR_HOST has it. @default Google's own
 * @throws UsageError
 */
export function openRecords(
  location: string = pathToFileURL(localRecords).href,
  standIn?: string,
): ObjectStore {
  const place = readStore(location.replace(/^(gs:\/\/[^/]+)\/$/, "$1"));
  if (place === undefined) {
    throw new UsageError(`--records must be 'gs://BUCKET' or 'file:///FOLDER', got '${location}'`);
  }
  if (place.kind === "bucket") {
    if (standIn !== undefined && !isLoopbackOrigin(standIn)) {
      throw new UsageError(
        `STORAGE_EMULATOR_HOST must be a stand-in of this machine, like http://127.0.0.1:4443, got '${standIn}'`,
      );
    }
    return new CloudObjectStore({
      bucket: place.bucket,
      ...(standIn !== undefined && { apiEndpoint: standIn }),
    });
  }
  if (!existsSync(place.folder)) {
    throw new UsageError(`no records at '${place.folder}': name their place with --records file:///FOLDER`);
  }
  return new DiskObjectStore(place.folder);
}
