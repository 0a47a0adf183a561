import { createHash, randomBytes, randomUUID } from "node:crypto";
import { open, rename, rm, symlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { Crc32c, crc32cOf } from "./crc32c.ts";
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
import { FolderSync } from "./folder-sync.ts";
import { claimFolderWaiting, isSystemError } from "./folder-claim.ts";
import { checkObjectName } from "./object-name.ts";
import {
  type ByteRange,
  type ListOptions,
  ObjectExistsError,
  type ObjectStore,
  OutcomeUnknownError,
  PreconditionFailedError,
  type PutOptions,
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
export class DiskObjectStore implements ObjectStore {
  readonly #root: string;
  readonly #folders = new FolderSync();

  constructor(root: string) {
    this.#root = resolve(root);
  }

  async put(name: string, body: Uint8Array | Readable, options: PutOptions = {}): Promise<StoredObject> {
    checkObjectName(name);
    const contentType = checkContentType(options.contentType ?? "application/octet-stream");
    if (options.ifAbsent && options.ifGeneration !== undefined) {
      throw new TypeError(`put of '${name}': give 'ifAbsent' or 'ifGeneration', not both`);
    }
    if (options.ifAbsent && (await readDiskObject(this.#root, name))) throw new ObjectExistsError(name);
    await this.#folders.make(this.#root, temporaryFolder);
    const temporary = join(this.#root, temporaryFolder, `${process.pid}-${randomUUID()}`);
    try {
      const content = await writeContent(temporary, body);
      await this.#folders.make(this.#root, dirname(name));
      if (options.ifAbsent) return await this.#create(name, temporary, { ...content, contentType });
      return await this.#alone(name, () =>
        this.#replace(name, temporary, { ...content, contentType }, options.ifGeneration),
      );
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async read(
    name: string,
  ): Promise<{ readonly bytes: Uint8Array; readonly object: StoredObject } | undefined> {
    checkObjectName(name);
    const opened = await openDiskObject(this.#root, name);
    if (opened === undefined) return undefined;
    try {
      const bytes = await opened.handle.readFile();
      if (crc32cOf(bytes) !== opened.object.crc32c) throw wrongChecksum(name);
      return { bytes, object: opened.object };
    } finally {
      await opened.handle.close();
    }
  }

  async openRead(
    name: string,
    range?: ByteRange,
  ): Promise<{ readonly stream: Readable; readonly object: StoredObject } | undefined> {
    checkObjectName(name);
    const opened = await openDiskObject(this.#root, name);
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
    const opened = await openDiskObject(this.#root, name);
    await opened?.handle.close();
    return opened?.object;
  }

  list(prefix: string, options: ListOptions = {}): AsyncIterable<StoredObject> {
    return listDiskObjects(this.#root, prefix, options);
  }

  async delete(name: string, options: { readonly ifGeneration?: string } = {}): Promise<void> {
    checkObjectName(name);
    await this.#alone(name, async () => {
      const found = await readDiskObject(this.#root, name);
      if (found === undefined) return;
      if (options.ifGeneration !== undefined && found.generation.toString() !== options.ifGeneration) {
        throw new PreconditionFailedError(name);
      }
      const folder = join(this.#root, dirname(name));
      await rm(join(this.#root, name), { force: true });
      await rm(join(folder, found.file), { force: true });
      await this.#folders.sync(folder);
    });
  }

  /** Making a link refuses a taken name, whoever took it. */
  async #create(name: string, temporary: string, content: Content): Promise<StoredObject> {
    const { file, hidden } = await this.#settle(name, temporary, content, 0n);
    try {
      await symlink(file, join(this.#root, name));
    } catch (error) {
      await rm(hidden, { force: true });
      if (isSystemError(error) && error.code === "EEXIST")
        throw new ObjectExistsError(name, { cause: error });
      throw error;
    }
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
      await rm(link, { force: true });
      await rm(hidden, { force: true });
      throw error;
    }
    await this.#syncAfterPut(name);
    if (before !== undefined) await rm(join(dirname(hidden), before.file), { force: true });
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
    const claim = await claimFolderWaiting(join(this.#root, claimsFolder), claimDeadlineMilliseconds, key);
    try {
      return await change();
    } finally {
      await claim.release();
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

interface Content {
  readonly sizeBytes: number;
  readonly crc32c: string;
  readonly contentType: string;
}

async function writeContent(
  path: string,
  body: Uint8Array | Readable,
): Promise<Omit<Content, "contentType">> {
  const checksum = new Crc32c();
  let sizeBytes = 0;
  const handle = await open(path, "wx");
  try {
    for await (const chunk of body instanceof Uint8Array ? [body] : body) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : checkBytes(chunk);
      checksum.update(bytes);
      sizeBytes += bytes.length;
      await handle.writeFile(bytes);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { sizeBytes, crc32c: checksum.base64() };
}

function checkBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError(`Expected bytes or text for the body's chunks but received ${typeof chunk}`);
}

function checkContentType(contentType: string): string {
  if (/^[\x21-\x7e ]{1,100}$/.test(contentType)) return contentType;
  throw new TypeError(
    `Expected up to 100 printable ASCII characters for contentType but received '${contentType}'`,
  );
}
