import type { Stats } from "node:fs";
import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { checksumOf } from "../storage/disk-content.ts";
import { isSystemError } from "../storage/folder-claim.ts";
import { ObjectExistsError } from "../storage/object-store.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import type { UploadName, UploadSessions } from "./upload-sessions.ts";
import { uploadObject } from "./upload-objects.ts";

export interface Chunk {
  readonly first: number;
  readonly last: number;
  readonly sizeBytes: number;
}

/** Sessions on one machine, whose address is the app's own. */
export interface DiskUploadSessions extends UploadSessions {
  /**
   * Adds a chunk; what arrived before is left out, what would leave a gap is not taken.
   *
   * @returns how many bytes are there now
   */
  append(name: UploadName, chunk: Chunk, bytes: Readable): Promise<number>;
}

/**
 * Keeps what has arrived in a file of the folder, which becomes an object of the store when it is complete: on the
 * store's own disk by another name, without a copy. Nothing is written into it from then on.
 *
 * @param folder the uploads store's own; a hidden folder in it is used
 */
export function createDiskUploadSessions(folder: string, uploads: ObjectStore): DiskUploadSessions {
  const sessionsFolder = join(folder, ".sessions");
  const partOf = ({ userId, uploadId }: UploadName) => join(sessionsFolder, userId, uploadId);
  const underWay = new Map<string, Promise<unknown>>();

  /** One chunk of an upload after the other. */
  async function alone<T>(name: UploadName, work: () => Promise<T>): Promise<T> {
    const path = partOf(name);
    const before = underWay.get(path) ?? Promise.resolve();
    const mine = before.then(work, work);
    underWay.set(path, mine);
    try {
      return await mine;
    } finally {
      if (underWay.get(path) === mine) underWay.delete(path);
    }
  }

  async function arrived(name: UploadName): Promise<number | undefined> {
    const object = await uploads.stat(uploadObject(name));
    return object?.sizeBytes ?? (await sizeOf(partOf(name)));
  }

  return {
    async open(session) {
      const path = partOf(session);
      await mkdir(dirname(path), { recursive: true });
      await (await open(path, "a")).close();
      return {
        address: `/v1/uploads/${session.uploadId}/content`,
        headers: { "x-requested-with": "XMLHttpRequest", "content-type": "application/octet-stream" },
      };
    },

    offset: (name, sizeBytes) =>
      alone(name, async () => {
        const offset = await arrived(name);
        // Whoever took the last byte was stopped before it could say so.
        if (offset === sizeBytes && (await sizeOf(partOf(name))) === sizeBytes) await finish(name, sizeBytes);
        return offset;
      }),

    append: (name, { first, last, sizeBytes }, bytes) =>
      alone(name, async () => {
        const offset = await arrived(name);
        if (offset === undefined || first > offset || last < offset || last >= sizeBytes) {
          bytes.resume();
          return offset ?? 0;
        }
        await write(partOf(name), skipping(bytes, offset - first), offset, last + 1);
        const size = (await sizeOf(partOf(name))) ?? 0;
        if (size === sizeBytes) await finish(name, sizeBytes);
        return size;
      }),

    async remove(name) {
      await rm(partOf(name), { force: true });
      await uploads.delete(uploadObject(name));
    },

    async *list() {
      for (const userId of await namesIn(sessionsFolder)) {
        for (const uploadId of await namesIn(join(sessionsFolder, userId))) {
          const usedAt = (await statOf(partOf({ userId, uploadId })))?.mtimeMs;
          if (usedAt !== undefined) yield { userId, uploadId, usedAt };
        }
      }
    },
  };

  async function finish(name: UploadName, sizeBytes: number): Promise<void> {
    const path = partOf(name);
    const file = { path, sizeBytes, crc32c: await checksumOf(path) };
    try {
      await uploads.put(uploadObject(name), file, { ifAbsent: true });
    } catch (error) {
      if (!(error instanceof ObjectExistsError)) throw error;
    }
    await rm(path, { force: true });
  }
}

/** What arrived before a connection broke stays: the client asks how much it is and goes on from there. */
async function write(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  from: number,
  to: number,
): Promise<void> {
  const file = await open(path, "r+");
  let position = from;
  try {
    for await (const chunk of bytes) {
      const taken = chunk.subarray(0, to - position);
      await file.write(taken, 0, taken.length, position);
      position += taken.length;
    }
  } finally {
    await file.sync();
    await file.close();
  }
}

async function* skipping(bytes: AsyncIterable<Uint8Array>, count: number): AsyncIterable<Uint8Array> {
  let left = count;
  for await (const chunk of bytes) {
    if (left < chunk.length) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await statOf(path))?.size;
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return [];
    throw error;
  }
}
