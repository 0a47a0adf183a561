import { type Stats, readdirSync, statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { isLoopbackOrigin, readStore } from "../config-values.ts";
import { CloudObjectStore } from "../storage/cloud-object-store.ts";
import { DiskObjectStore } from "../storage/disk-object-store.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { UsageError } from "./terminal.ts";

/** Where `npm start` keeps records, seen from the repository. */
export const localRecords = ".imgstream/records";

/** The store that was named, and what there is to say of it where no catalog is in it. */
export interface Records {
  readonly store: ObjectStore;
  /** As a person knows it: `gs://BUCKET`, or the folder's path. */
  readonly place: string;
  /** Whether nothing at all lies there. */
  isEmpty(): Promise<boolean>;
}

/**
 * Opens what is there and makes nothing.
 *
 * @param location `gs://BUCKET` or `file:///FOLDER`
 * @param standIn for Cloud Storage, as STORAGE_EMULATOR_HOST has it. @default Google's own
 * @throws UsageError
 */
export function openRecords(location: string = pathToFileURL(localRecords).href, standIn?: string): Records {
  const place = readStore(location.replace(/^(gs:\/\/[^/]+)\/$/, "$1"));
  if (place === undefined) {
    throw new UsageError(`--records must be 'gs://BUCKET' or 'file:///FOLDER', got '${location}'`);
  }
  return place.kind === "bucket" ? inBucket(place.bucket, standIn) : inFolder(place.folder);
}

function inBucket(bucket: string, standIn: string | undefined): Records {
  if (standIn !== undefined && !isLoopbackOrigin(standIn)) {
    throw new UsageError(
      `STORAGE_EMULATOR_HOST must be a stand-in of this machine, like http://127.0.0.1:4443, got '${standIn}'`,
    );
  }
  const store = new CloudObjectStore({ bucket, ...(standIn !== undefined && { apiEndpoint: standIn }) });
  return {
    store,
    place: `gs://${bucket}`,
    async isEmpty() {
      for await (const _ of store.list("", { limit: 1 })) return false;
      return true;
    },
  };
}

function inFolder(folder: string): Records {
  const found = statusOf(folder);
  if (found === undefined) {
    throw new UsageError(`no records at '${folder}': name their place with --records file:///FOLDER`);
  }
  if (!found.isDirectory()) {
    throw new UsageError(
      `records are a folder, and '${folder}' is none: name the one that has 'catalog' in it with --records file:///FOLDER`,
    );
  }
  return {
    store: new DiskObjectStore(folder),
    place: folder,
    // What is hidden is no object: the store itself leaves such files.
    isEmpty: async () => readdirSync(folder).every((name) => name.startsWith(".")),
  };
}

/** Undefined where nothing is there, or nothing that may be seen. */
function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
