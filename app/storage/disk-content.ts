import { constants } from "node:fs";
import { copyFile, link, open, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { type BodyFault, summed } from "./body.ts";
import { Crc32c } from "./crc32c.ts";
import { readDiskObject } from "./disk-object.ts";
import { isSystemError } from "./folder-claim.ts";
import { ObjectDamagedError, PreconditionFailedError, type StoredObject } from "./object-store.ts";
import { wrongChecksum } from "./verifying-stream.ts";

export interface Content {
  readonly sizeBytes: number;
  readonly crc32c: string;
  readonly contentType: string;
}

export async function writeContent(
  path: string,
  body: Uint8Array | Readable,
  fault: BodyFault,
): Promise<Omit<Content, "contentType">> {
  const checksum = new Crc32c();
  let sizeBytes = 0;
  const handle = await open(path, "wx");
  try {
    for await (const bytes of summed(body instanceof Uint8Array ? [body] : body, checksum, fault)) {
      sizeBytes += bytes.length;
      await handle.writeFile(bytes);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { sizeBytes, crc32c: checksum.base64() };
}

/**
 * Puts the content of another object of this machine under a path. Content never changes once it is named, so that
 * both may be one file; where the file system does not have that, or theirs are two, it is copied and checked.
 *
 * @throws PreconditionFailedError, ObjectDamagedError
 */
export async function copyContent(
  root: string,
  { name, generation, sizeBytes, crc32c }: StoredObject,
  path: string,
): Promise<Omit<Content, "contentType">> {
  const found = await readDiskObject(root, name);
  if (found?.generation.toString() !== generation) throw new PreconditionFailedError(name);
  const hidden = join(root, dirname(name), found.file);
  try {
    await link(hidden, path);
  } catch (error) {
    if (isAbsent(error)) throw new PreconditionFailedError(name, { cause: error });
    if (!isSystemError(error) || !cannotLink.has(error.code ?? "")) throw error;
    await copyFile(hidden, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    if ((await checksumOf(path)) !== crc32c) throw wrongChecksum(name);
  }
  if ((await stat(path)).size !== sizeBytes) throw new ObjectDamagedError(name, "has another size");
  return { sizeBytes, crc32c };
}

/** Two file systems, one without links, or a file that has as many as there may be. */
const cannotLink = new Set(["EXDEV", "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/** Also makes it durable. */
async function checksumOf(path: string): Promise<string> {
  const handle = await open(path, "r");
  try {
    const checksum = new Crc32c();
    for await (const bytes of handle.createReadStream({ autoClose: false })) checksum.update(bytes);
    await handle.sync();
    return checksum.base64();
  } finally {
    await handle.close();
  }
}

function isAbsent(error: unknown): boolean {
  return isSystemError(error) && error.code === "ENOENT";
}
