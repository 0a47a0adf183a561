import { constants } from "node:fs";
import { type FileHandle, open, readlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isSystemError } from "./folder-claim.ts";
import { ObjectDamagedError, type StoredObject } from "./object-store.ts";

/** Where content is written before it gets its place; names begin with the writing process's id. */
export const temporaryFolder = ".temporary";

/**
 * How the disk store keeps one object: its bytes, unchanged, in a hidden file beside a symbolic link of the
 * object's own name. The link's target *is* the metadata:
 *
 *     portrait.jpg -> .1763875952123456789~e3069283~image%2Fjpeg~5f3a9c01
 *                      generation          crc32c   content type  tells apart writers of one moment
 *
 * Why so: creating a link is atomic and refuses a taken name, renaming one replaces it, so content and metadata
 * change together, survive a restart and `cp -a`, and cost one fsync of one folder. Sidecar files can be lost
 * or left behind apart from their object, extended attributes are out of Node's reach, and a header within the
 * file would make originals differ from what people uploaded.
 */
export interface DiskObject {
  readonly name: string;
  /** The hidden file's name, in the folder of the link. */
  readonly file: string;
  readonly generation: bigint;
  readonly contentType: string;
  readonly crc32c: string;
}

export function hiddenFileName(
  object: Pick<DiskObject, "generation" | "contentType" | "crc32c">,
  nonce: string,
): string {
  const checksum = Buffer.from(object.crc32c, "base64").toString("hex");
  return `.${object.generation}~${checksum}~${encodeURIComponent(object.contentType)}~${nonce}`;
}

export function parseHiddenFileName(name: string, file: string): DiskObject {
  const match = /^\.(\d{1,19})~([0-9a-f]{8})~([^~/]+)~[0-9a-f]{8}$/.exec(file);
  if (match?.[1] === undefined || match[2] === undefined || match[3] === undefined) {
    throw new ObjectDamagedError(name, "was not written by this store; move the file away");
  }
  return {
    name,
    file,
    generation: BigInt(match[1]),
    crc32c: Buffer.from(match[2], "hex").toString("base64"),
    contentType: decodeURIComponent(match[3]),
  };
}

/** What the link names; undefined where there is no object. */
export async function readDiskObject(root: string, name: string): Promise<DiskObject | undefined> {
  try {
    return parseHiddenFileName(name, await readlink(join(root, name)));
  } catch (error) {
    if (isSystemError(error)) {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
      // EINVAL: a file or a folder of that name. A folder is only the beginning of other names.
      if (error.code === "EINVAL")
        return (await isFolder(join(root, name))) ? undefined : foreign(name, error);
    }
    throw error;
  }
}

export interface OpenDiskObject {
  readonly handle: FileHandle;
  readonly object: StoredObject;
}

/** Opens the content; whoever calls closes the handle. */
export async function openDiskObject(root: string, name: string): Promise<OpenDiskObject | undefined> {
  for (;;) {
    const found = await readDiskObject(root, name);
    if (found === undefined) return undefined;
    const handle = await openHidden(join(root, dirname(name), found.file));
    if (handle === undefined) {
      // Replaced or deleted between the two calls; a link that stays and leads nowhere is damage.
      const again = await readDiskObject(root, name);
      if (again?.file === found.file) throw new ObjectDamagedError(name, "has lost its content");
      continue;
    }
    const { size } = await handle.stat();
    return { handle, object: storedObject(found, size) };
  }
}

export function storedObject(object: DiskObject, sizeBytes: number): StoredObject {
  const { name, contentType, crc32c } = object;
  return { name, sizeBytes, contentType, generation: object.generation.toString(), crc32c };
}

async function openHidden(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    await handle.close();
    return true;
  } catch {
    return false;
  }
}

function foreign(name: string, cause: unknown): never {
  throw new ObjectDamagedError(name, "was not written by this store; move the file away", { cause });
}
