import type { FastifyBaseLogger } from "fastify";
import { randomUUID } from "./late-crypto.ts";
import { access, constants, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createLazyCatalogs, type LazyCatalogs } from "./catalog/lazy-catalog.ts";
import type { StoreLocation } from "./config-values.ts";
import type { Config } from "./config.ts";
import { type EventTopics, createEventTopics } from "./events/event-topics.ts";
import type { ReadinessCheck } from "./http/health.ts";
import { createInbox } from "./photos/inbox.ts";
import type { Inbox } from "./photos/inbox.ts";
import { createWorkingMemory } from "./photos/working-memory.ts";
import type { Role } from "./runtime-contract.ts";
import { CloudObjectStore } from "./storage/cloud-object-store.ts";
import { lockDataFolder } from "./storage/data-folder-lock.ts";
import { type LeftoversOptions, removeDiskLeftovers } from "./storage/disk-leftovers.ts";
import { DiskObjectStore } from "./storage/disk-object-store.ts";
import type { CopyingStore, ObjectStore } from "./storage/object-store.ts";
import { logNotices } from "./telemetry/catalog-notices.ts";

export interface Stores {
  readonly media: CopyingStore;
  readonly records: ObjectStore;
  readonly uploads: ObjectStore;
  /** One for each store: it answers. */
  readonly checks: readonly ReadinessCheck[];
  /** Removes what killed writers left, where that is not the store's own doing. @returns how many files */
  readonly removeLeftovers: (options: Pick<LeftoversOptions, "isDryRun">) => Promise<number>;
}

/** What a role that knows photos stands on. Whoever opened it closes it, after what uses it. */
export interface Adapters extends Stores {
  readonly catalog: LazyCatalogs;
  readonly inbox: Inbox;
  /** Undefined where there is no Pub/Sub. */
  readonly topics: EventTopics | undefined;
  /** Finishes what is under way and lets go of everything, the data folder last. */
  close(): Promise<void>;
}

/** A store's folder that cannot be made, read or written. */
export class StoreUnusableError extends Error {
  readonly code = "store-unusable";

  constructor(folder: string, options: { readonly cause: unknown }) {
    const reason = options.cause instanceof Error ? options.cause.message : String(options.cause);
    super(`the store's folder '${folder}' cannot be used: ${reason}`, options);
  }
}

/** @throws StoreUnusableError */
export async function openStores(
  config: Pick<Config, "mediaStore" | "recordsStore" | "uploadsStore" | "storageEndpoint">,
): Promise<Stores> {
  const media = await openStore(config.mediaStore, config);
  const records = await openStore(config.recordsStore, config);
  const uploads = await openStore(config.uploadsStore, config);
  return {
    media: media.store,
    records: records.store,
    uploads: uploads.store,
    checks: [
      { name: "media store", check: media.check },
      { name: "records store", check: records.check },
      { name: "uploads store", check: uploads.check },
    ],
    async removeLeftovers(options) {
      let removed = 0;
      for (const store of [media, records, uploads]) removed += await store.removeLeftovers(options);
      return removed;
    },
  };
}

/**
 * Opens everything, with a cache folder of the role's own. On one machine the folder in which the records' folder
 * lies is the data folder, and one process of the `web` role has it alone.
 *
 * @param log where the catalogs' notices go; asked for at each, for a role's log may come with its server
 * @throws DataFolderInUseError, StoreUnusableError; nothing stays open then
 */
export async function openAdapters(
  config: Config,
  role: Role,
  log: () => FastifyBaseLogger | undefined,
): Promise<Adapters> {
  const cacheFolder = join(config.cacheFolder, role);
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closeOne of opened.splice(0).toReversed()) await closeOne();
  };
  try {
    const stores = await openStores(config);
    if (role === "web" && config.recordsStore.kind === "folder") {
      const lock = await lockDataFolder(dirname(config.recordsStore.folder));
      opened.push(() => lock.release());
    }
    await mkdir(cacheFolder, { recursive: true });
    const inbox = createInbox({ cacheFolder, memory: createWorkingMemory(role) });
    opened.push(() => inbox.close());
    const catalog = createLazyCatalogs(async () => {
      const { createCatalog } = await import("./catalog/create-catalog.ts");
      const writer = `${config.version}/${role}-${randomUUID().slice(0, 8)}`;
      // Maintenance goes over everybody, in dry runs too: there copies are made by the task of that name alone.
      const limits = role === "maintenance" ? copiesByNameOnly : {};
      const { records } = stores;
      return await createCatalog({ records, cacheFolder, writer, limits, notify: logNotices(log) });
    });
    opened.push(() => catalog.close());
    return { ...stores, catalog, inbox, topics: createEventTopics(config), close };
  } catch (error) {
    await close();
    throw error;
  }
}

const copiesByNameOnly = {
  snapshotInterval: Number.POSITIVE_INFINITY,
  snapshotOnClosing: Number.POSITIVE_INFINITY,
};

/** A bucket is not asked here, so that a slow answer does not hold up the start: readiness asks. */
async function openStore(
  location: StoreLocation,
  { storageEndpoint }: Pick<Config, "storageEndpoint">,
): Promise<OpenStore> {
  if (location.kind === "bucket") {
    const store = new CloudObjectStore({
      bucket: location.bucket,
      ...(storageEndpoint !== undefined && { apiEndpoint: storageEndpoint }),
    });
    // Not one object's absence: that is what a bucket that is not there has as well.
    const check = () => store.list("", { limit: 1 })[Symbol.asyncIterator]().next();
    return { store, check, removeLeftovers: async () => 0 };
  }
  const { folder } = location;
  const check = () => access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  try {
    await mkdir(folder, { recursive: true });
    await check();
  } catch (error) {
    throw new StoreUnusableError(folder, { cause: error });
  }
  return {
    store: new DiskObjectStore(folder),
    check,
    removeLeftovers: (options) => removeDiskLeftovers(folder, options),
  };
}

interface OpenStore {
  readonly store: CopyingStore;
  readonly check: () => Promise<unknown>;
  readonly removeLeftovers: Stores["removeLeftovers"];
}
