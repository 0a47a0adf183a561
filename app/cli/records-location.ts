import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
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
 * @throws UsageError
 */
export function openRecords(location: string = pathToFileURL(localRecords).href): ObjectStore {
  const bucket = /^gs:\/\/([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])\/?$/.exec(location)?.[1];
  if (bucket !== undefined) return new CloudObjectStore({ bucket });
  const folder = folderOf(location);
  if (folder === undefined) {
    throw new UsageError(`--records must be 'gs://BUCKET' or 'file:///FOLDER', got '${location}'`);
  }
  if (!existsSync(folder)) {
    throw new UsageError(`no records at '${folder}': name their place with --records file:///FOLDER`);
  }
  return new DiskObjectStore(folder);
}

function folderOf(location: string): string | undefined {
  if (!location.startsWith("file:///")) return undefined;
  try {
    return fileURLToPath(location);
  } catch {
    return undefined; // An encoded slash or NUL in a name.
  }
}
