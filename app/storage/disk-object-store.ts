import { createHash, randomBytes, randomUUID } from "../late-crypto.ts";
import { existsSync } from "node:fs";
import { rename, rm, stat, symlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { copyThrough } from "./copy-through.ts";
import { crc32cOf } from "./crc32c.ts";
import { type Content, type WrittenContent, copyContent, writeContent } from "./disk-content.ts";
import { verifying, wrongChecksum } from "./verifying-stream.ts";
import {
  hiddenFileName,
  openDiskObject,
  parseHiddenFileName,
  readDiskObject,
  storedObject,
  temporaryFolder,
} from "./disk-object.ts";
import { listDiskObjects } from "./disk-listing.ts";
import { FolderSync, NotAFolderError } from "./folder-sync.ts";
import type { BodyFault } from "./body.ts";
import { FolderBusyError, claimFolderWaiting, isSystemError } from "./folder-claim.ts";
import { InvalidObjectNameError, checkObjectName } from "./object-name.ts";
import {
  type Body,
  type ByteRange,
  type CopyOptions,
  type CopySource,
  type CopyingStore,
  type ListOptions,
  ObjectExistsError,
  OutcomeUnknownError,
  PreconditionFailedError,
  type PutOptions,
  StoreUnavailableError,
  type StoredObject,
} from "./object-store.ts";

/** Beside the objects, in a hidden folder that no object name can reach. */
const claimsFolder = ".claims";
const claimDeadlineMilliseconds = 5000;

/**
 * Objects as files under one folder (how: disk-object.ts). Durable: content and folder are synced before `put`
 * resolves. Any number of processes of one machine may use the folder at once.
 *
 * `new DiskObjectStore("/var/lib/imgstream/records")`
 */
export class DiskObjectStore implements CopyingStore {
  readonly #root: string;
  readonly #folders = new FolderSync();

  constructor(root: string) {
    this.#root = resolve(root);
  }

  async put(name: string, body: Body, options: PutOptions = {}): Promise<StoredObject> {
    checkObjectName(name);
    const contentType = checkContentType(options.contentType ?? "application/octet-stream");
    if (options.ifAbsent && options.ifGeneration !== undefined) {
      throw new TypeError(`put of '${name}': give 'ifAbsent' or 'ifGeneration', not both`);
    }
    const fault: BodyFault = {};
    try {
      return await this.#place(name, { ...options, contentType }, (path) => writeContent(path, body, fault));
    } catch (error) {
      throw "error" in fault ? fault.error : error;
    }
  }

  async copy(source: CopySource, name: string, options: CopyOptions = {}): Promise<StoredObject> {
    const { store, object } = source;
    checkObjectName(name);
    if (!(store instanceof DiskObjectStore)) return await copyThrough(this, source, name, options);
    const contentType = checkContentType(options.contentType ?? object.contentType);
    return await this.#place(name, { ifAbsent: true, contentType }, (path) =>
      copyContent(store.#root, object, path),
    );
  }

  async read(
    name: string,
  ): Promise<{ readonly bytes: Uint8Array; readonly object: StoredObject } | undefined> {
    checkObjectName(name);
    return await served(name, async () => {
      const opened = await openDiskObject(this.#root, name);
      if (opened === undefined) return undefined;
      try {
        const bytes = await opened.handle.readFile();
        if (crc32cOf(bytes) !== opened.object.crc32c) throw wrongChecksum(name);
        return { bytes, object: opened.object };
      } finally {
        await opened.handle.close();
      }
    });
  }

  async openRead(
    name: string,
    range?: ByteRange,
  ): Promise<{ readonly stream: Readable; readonly object: StoredObject } | undefined> {
    checkObjectName(name);
    const opened = await served(name, () => openDiskObject(this.#root, name));
    if (opened === undefined) return undefined;
    const { handle, object } = opened;
    if (range === undefined) {
      return { stream: verifying(handle.createReadStream(), object), object };
    }
    const last = Math.min(range.last ?? object.sizeBytes - 1, object.sizeBytes - 1);
    if (last < range.first) {
      await handle.close();
      return { stream: Readable.from([]), object };
    }
    return { stream: handle.createReadStream({ start: range.first, end: last }), object };
  }

  async stat(name: string): Promise<StoredObject | undefined> {
    checkObjectName(name);
    return await served(name, async () => {
      const opened = await openDiskObject(this.#root, name);
      await opened?.handle.close();
      return opened?.object;
    });
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncIterable<StoredObject> {
    const objects = listDiskObjects(this.#root, prefix, options)[Symbol.asyncIterator]();
    for (;;) {
      const next = await served(prefix, () => objects.next());
      if (next.done) return;
      yield next.value;
    }
  }

  async delete(name: string, options: { readonly ifGeneration?: string } = {}): Promise<void> {
    checkObjectName(name);
    const remove = async () => {
      const found = await readDiskObject(this.#root, name);
      if (found === undefined) return;
      if (options.ifGeneration !== undefined && found.generation.toString() !== options.ifGeneration) {
        throw new PreconditionFailedError(name);
      }
      const folder = join(this.#root, dirname(name));
      await rm(join(this.#root, name), { force: true });
      await discard(join(folder, found.file));
      await this.#folders.sync(folder);
    };
    await served(name, () => this.#alone(name, remove));
  }

  /** Lets content be written and gives it its place, whole. */
  async #place(
    name: string,
    { contentType, ifAbsent, ifGeneration }: PutOptions & { readonly contentType: string },
    write: (path: string) => Promise<WrittenContent>,
  ): Promise<StoredObject> {
    const temporary = join(this.#root, temporaryFolder, `${process.pid}-${randomUUID()}`);
    try {
      return await served(name, async () => {
        if (ifAbsent && (await this.#isTaken(name))) throw await this.#taken(name);
        await this.#folders.make(this.#root, temporaryFolder);
        const content = { ...(await write(temporary)), contentType };
        await this.#makeFolderOf(name);
        if (ifAbsent) return await this.#create(name, temporary, content);
        return await this.#alone(name, () => this.#replace(name, temporary, content, ifGeneration));
      });
    } catch (error) {
      await discard(temporary);
      throw error;
    }
  }

  /** Nearly always nothing is there, and to hear that from `readlink` costs an error with its trace. */
  async #isTaken(name: string): Promise<boolean> {
    return existsSync(join(this.#root, name)) && (await readDiskObject(this.#root, name)) !== undefined;
  }

  /**
   * Who took it may have been this very writer, a moment ago, or one that was killed before its folder was synced: who
   * is told that it is there may acknowledge it.
   *
   * @throws OutcomeUnknownError
   */
  async #taken(name: string, cause?: unknown): Promise<ObjectExistsError> {
    await this.#syncAfterPut(name);
    return new ObjectExistsError(name, { cause });
  }

  /** Making a link refuses a taken name, whoever took it. */
  async #create(name: string, temporary: string, content: Content): Promise<StoredObject> {
    const { file, hidden } = await this.#settle(name, temporary, content, 0n);
    try {
      await symlink(file, join(this.#root, name));
    } catch (error) {
      if (isAmbiguous(error)) throw new OutcomeUnknownError(name, { cause: error });
      await discard(hidden);
      if (!isSystemError(error) || error.code !== "EEXIST") throw error;
      throw (await readDiskObject(this.#root, name)) === undefined && (await this.#isFolder(name))
        ? new InvalidObjectNameError(
            name,
            "is the folder of other objects, and on a disk cannot be one itself",
          )
        : await this.#taken(name, error);
    }
    await this.#lookThrough(name, file, () => rm(join(this.#root, name), { force: true }));
    await this.#syncAfterPut(name);
    return storedObject(parseHiddenFileName(name, file), content.sizeBytes);
  }

  async #replace(
    name: string,
    temporary: string,
    content: Content,
    ifGeneration: string | undefined,
  ): Promise<StoredObject> {
    const before = await readDiskObject(this.#root, name);
    if (ifGeneration !== undefined && before?.generation.toString() !== ifGeneration) {
      throw new PreconditionFailedError(name);
    }
    const { file, hidden } = await this.#settle(name, temporary, content, before?.generation ?? 0n);
    const link = join(this.#root, temporaryFolder, `${process.pid}-${randomUUID()}`);
    try {
      await symlink(file, link);
      await rename(link, join(this.#root, name));
    } catch (error) {
      if (isAmbiguous(error)) throw new OutcomeUnknownError(name, { cause: error });
      await discard(link);
      await discard(hidden);
      if (before === undefined && (await this.#isFolder(name)))
        throw new InvalidObjectNameError(
          name,
          "is the folder of other objects, and on a disk cannot be one itself",
        );
      throw error;
    }
    await this.#lookThrough(name, file, async () => {
      if (before === undefined) return await rm(join(this.#root, name), { force: true });
      await symlink(before.file, link);
      await rename(link, join(this.#root, name));
    });
    await this.#syncAfterPut(name);
    if (before !== undefined) await discard(join(dirname(hidden), before.file));
    return storedObject(parseHiddenFileName(name, file), content.sizeBytes);
  }

  /** Gives the synced content its place beside the name, where nothing points at it yet. */
  async #settle(name: string, temporary: string, content: Content, after: bigint) {
    const generation = nextGeneration(after);
    const file = hiddenFileName({ ...content, generation }, randomBytes(4).toString("hex"));
    const hidden = join(this.#root, dirname(name), file);
    await rename(temporary, hidden);
    return { file, hidden };
  }

  /**
   * Content without a name is left alone for an hour (removeDiskLeftovers): who stood still for longer, or whose clock
   * was put forward, may have named what is gone. What it was before is put back then.
   *
   * @throws StoreUnavailableError, OutcomeUnknownError
   */
  async #lookThrough(name: string, file: string, putBack: () => Promise<void>): Promise<void> {
    const folder = join(this.#root, dirname(name));
    try {
      const isSwept = !(await isThere(join(folder, file)));
      // Or somebody has deleted or replaced the object since.
      if (!isSwept || (await readDiskObject(this.#root, name))?.file !== file) return;
      await putBack();
      await this.#folders.sync(folder);
    } catch (error) {
      throw new OutcomeUnknownError(name, { cause: error });
    }
    const cause = new Error(
      `its content was swept before it had its name: '${file}' was taken for a leftover`,
    );
    throw new StoreUnavailableError(name, { cause });
  }

  async #makeFolderOf(name: string): Promise<void> {
    try {
      await this.#folders.make(this.#root, dirname(name));
    } catch (error) {
      if (!(error instanceof NotAFolderError) || dirname(name) === ".") throw error;
      throw new InvalidObjectNameError(name, "would lie within another object, and on a disk cannot");
    }
  }

  async #isFolder(name: string): Promise<boolean> {
    return (await stat(join(this.#root, name)).catch(() => undefined))?.isDirectory() ?? false;
  }

  async #syncAfterPut(name: string): Promise<void> {
    try {
      await this.#folders.sync(join(this.#root, dirname(name)));
    } catch (error) {
      throw new OutcomeUnknownError(name, { cause: error });
    }
  }

  /** Check and change as one step, among all processes. Creating needs none of this. */
  async #alone<T>(name: string, change: () => Promise<T>): Promise<T> {
    const key = createHash("sha256").update(name).digest("hex").slice(0, 32);
    await this.#folders.make(this.#root, claimsFolder);
    const claim = await claimFolderWaiting(join(this.#root, claimsFolder), claimDeadlineMilliseconds, key);
    try {
      return await change();
    } finally {
      // A claim that stays is void when this process ends.
      await claim.release().catch(() => {});
    }
  }
}

let lastGeneration = 0n;

/** Nanoseconds since 1970 by the clock, above every earlier one of this process and above the one given. */
function nextGeneration(after: bigint): bigint {
  const now = BigInt(Date.now()) * 1_000_000n;
  for (const floor of [lastGeneration, after, now - 1n])
    if (lastGeneration <= floor) lastGeneration = floor + 1n;
  return lastGeneration;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return false;
    throw error;
  }
}

/** The disk failed while it did it: it may be done. */
function isAmbiguous(error: unknown): boolean {
  return isSystemError(error) && error.code === "EIO";
}

/** What is left is no object, takes room only, and is swept later: removeDiskLeftovers(). */
async function discard(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => {});
}

/** What the file system refuses the store refuses: a full disk, missing rights, too many open files. */
async function served<R>(name: string, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    const isRefusal =
      error instanceof FolderBusyError ||
      error instanceof NotAFolderError ||
      (isSystemError(error) && "errno" in error);
    throw isRefusal ? new StoreUnavailableError(name, { cause: error }) : error;
  }
}

function checkContentType(contentType: string): string {
  if (/^[\x21-\x7e ]{1,100}$/.test(contentType)) return contentType;
  throw new TypeError(
    `Expected up to 100 printable ASCII characters for contentType but received '${contentType}'`,
  );
}
