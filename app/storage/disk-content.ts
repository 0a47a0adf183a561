import { constants, createReadStream } from "node:fs";
import { copyFile, link, open, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { type BodyFault, summed } from "./body.ts";
import { Crc32c } from "./crc32c.ts";
import { readDiskObject } from "./disk-object.ts";
import { isSystemError } from "./folder-claim.ts";
import {
  type Body,
  type LocalFile,
  ObjectDamagedError,
  PreconditionFailedError,
  type StoredObject,
  readBytes,
} from "./object-store.ts";
import { wrongChecksum } from "./verifying-stream.ts";

export interface WrittenContent {
  readonly sizeBytes: number;
  readonly crc32c: string;
}

export interface Content extends WrittenContent {
  readonly contentType: string;
}

/**
 * Makes a new file of the body's bytes, synced. A local file becomes another name of the same content, where the file
 * system can do that: nothing is copied and nothing is summed again.
 *
 * @param fault is given what the body itself fails with
 */
export async function writeContent(path: string, body: Body, fault: BodyFault): Promise<WrittenContent> {
  if (body instanceof Uint8Array) return await writeAll(path, pieces(body), fault);
  if (body instanceof Readable) return await writeAll(path, body, fault);
  if (await isLinked(body.path, path)) return await syncLinked(path, body);
  return await writeAll(path, createReadStream(body.path, { highWaterMark: readBytes }), fault);
}

/** So that summing a large one leaves others their turns. */
function* pieces(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let start = 0; start < bytes.length; start += readBytes) {
    yield bytes.subarray(start, start + readBytes);
  }
}

async function writeAll(
  path: string,
  chunks: AsyncIterable<unknown> | Iterable<unknown>,
  fault: BodyFault,
): Promise<WrittenContent> {
  const checksum = new Crc32c();
  let sizeBytes = 0;
  const handle = await open(path, "wx");
  try {
    for await (const bytes of summed(chunks, checksum, fault)) {
      sizeBytes += bytes.length;
      await handle.writeFile(bytes);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { sizeBytes, crc32c: checksum.base64() };
}

async function syncLinked(path: string, { crc32c }: LocalFile): Promise<WrittenContent> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
    const { size } = await handle.stat();
    return { sizeBytes: size, crc32c };
  } finally {
    await handle.close();
  }
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
): Promise<WrittenContent> {
  const found = await readDiskObject(root, name);
  if (found?.generation.toString() !== generation) throw new PreconditionFailedError(name);
  const hidden = join(root, dirname(name), found.file);
  try {
    if (!(await isLinked(hidden, path))) {
      await copyFile(hidden, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      if ((await checksumOf(path)) !== crc32c) throw wrongChecksum(name);
    }
  } catch (error) {
    throw isAbsent(error) ? new PreconditionFailedError(name, { cause: error }) : error;
  }
  if ((await stat(path)).size !== sizeBytes) throw new ObjectDamagedError(name, "has another size");
  return { sizeBytes, crc32c };
}

/** False where the file system does not have that. */
async function isLinked(file: string, path: string): Promise<boolean> {
  try {
    await link(file, path);
    return true;
  } catch (error) {
    if (isSystemError(error) && cannotLink.has(error.code ?? "")) return false;
    throw error;
  }
}

/** Two file systems, one without links, or a file that has as many as there may be. */
const cannotLink = new Set(["EXDEV", "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/** The CRC-32C of a file, base64 of four big-endian bytes. Also makes it durable. */
export async function checksumOf(path: string): Promise<string> {
  const handle = await open(path, "r");
  try {
    const checksum = new Crc32c();
    const bytes = Buffer.allocUnsafeSlow(readBytes);
    for (let position = 0; ;) {
      const { bytesRead } = await handle.read(bytes, 0, readBytes, position);
      if (bytesRead === 0) break;
      checksum.update(bytes.subarray(0, bytesRead));
      position += bytesRead;
    }
    await handle.sync();
    return checksum.base64();
  } finally {
    await handle.close();
  }
}

function isAbsent(error: unknown): boolean {
  return isSystemError(error) && error.code === "ENOENT";
}
