import { createHash, randomUUID } from "../late-crypto.ts";
import { casualUuid } from "../uuid.ts";
import { type FileHandle, mkdir, open, readdir, rm, unlink } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Crc32c } from "../storage/crc32c.ts";
import { isAlive, isSystemError } from "../storage/folder-claim.ts";
import type { MemoryShare } from "../pictures/memory-share.ts";
import { FileStalledError, FileTooLargeError, FileTooSlowError } from "./errors.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import { type Every, Pace, byTheClock, leastBytesPerSecond, paceCheckSeconds } from "./pace.ts";

/** A file that has arrived whole; its sums were computed on the way. */
export interface ReceivedFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** Base64 of four big-endian bytes. */
  readonly crc32c: string;
  /** What it holds, and what work on it may take. */
  readonly memory: MemoryShare;
  /** Removes the file and frees its memory. Whoever received it calls this, whatever happened. */
  discard(): Promise<void>;
}

export interface Inbox {
  /**
   * Writes a stream into a file of its own, once there is room for it. Nothing stays behind when this rejects.
   *
   * @param source opened once there is room; what is open already is not read until then, and read to its end where
   *   there is none, or its sender would never hear the answer
   * @param limitBytes as close to its size as is known
   * @param signal gives up waiting for room when aborted
   * @throws FileTooLargeError after `limitBytes`
   * @throws FileStalledError where nothing more arrives
   * @throws FileTooSlowError where little arrives and others wait for its room
   * @throws InboxFullError where too many wait for room, or it takes too long
   */
  receive(
    source: Readable | (() => Promise<Readable>),
    limitBytes: number,
    signal?: AbortSignal,
  ): Promise<ReceivedFile>;

  /** Removes the folder and all that is in it. */
  close(): Promise<void>;
}

export interface InboxOptions {
  /** A folder whose content may vanish; on Cloud Run its bytes count as memory. */
  readonly cacheFolder: string;
  /** What the files take their room from. */
  readonly memory: MemoryBudget;
  /** A file of which nothing arrives for so long is given up. @default 30 */
  readonly stallSeconds?: number;
  /** @default the system's clock */
  readonly every?: Every;
}

/** Where uploads wait until they are a photo or refused. */
export function createInbox({
  cacheFolder,
  memory,
  stallSeconds = 30,
  every = byTheClock,
}: InboxOptions): Inbox {
  // Of this process alone: what a killed one left is in a folder of another name.
  const folder = join(cacheFolder, `inbox-${process.pid}-${casualUuid()}`);
  let isTidy = false;

  return {
    async receive(source, limitBytes, signal) {
      // Of what is open already a fault may come while nobody reads: reading tells it.
      if (source instanceof Readable) source.on("error", () => {});
      const share = await memory.enter(limitBytes, signal).catch((error: unknown) => {
        if (source instanceof Readable) source.resume();
        throw error;
      });
      const path = join(folder, randomUUID());
      const meter = new Meter(limitBytes);
      try {
        await mkdir(folder, { recursive: true });
        if (!isTidy) {
          isTidy = true;
          await removeAbandoned(cacheFolder);
        }
        const stream = source instanceof Readable ? source : await source();
        const stopWatching = watchPace(stream, meter, memory, every);
        try {
          await writeAll(stream, path, meter, stallSeconds);
        } finally {
          stopWatching();
        }
      } catch (error) {
        await rm(path, { force: true });
        share.release();
        throw error;
      }
      share.shrink(limitBytes - meter.sizeBytes);
      let isDiscarded = false;
      return {
        path,
        sizeBytes: meter.sizeBytes,
        sha256: meter.sha256.digest("hex"),
        crc32c: meter.crc32c.base64(),
        memory: share,
        async discard() {
          if (isDiscarded) return;
          isDiscarded = true;
          await removeFile(path);
          share.release();
        },
      };
    },

    async close() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** `rm` looks twice at what it removes before it does. */
async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isSystemError(error) || error.code !== "ENOENT") throw error;
  }
}

/** What killed processes left: on one machine the cache folder outlives them. */
async function removeAbandoned(cacheFolder: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    const pid = /^inbox-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isAlive({ pid: Number(pid), startedAt: null, host: hostname() })) continue;
    await rm(join(cacheFolder, name), { recursive: true, force: true });
  }
}

/** Gives a slow sender's file up while others wait for its room. @returns what ends that */
function watchPace(stream: Readable, meter: Meter, memory: MemoryBudget, every: Every): () => void {
  return every(paceCheckSeconds, () => {
    const rate = meter.pace.check();
    if (rate === undefined || rate >= leastBytesPerSecond || !memory.isWanted) return;
    stream.destroy(new FileTooSlowError(rate, leastBytesPerSecond));
  });
}

/** The network's chunks are small, and each write is a turn of a thread: so much is written at once. */
const writeBytes = 1_048_576;

/** The stream is destroyed where not all of it is written: leaving the loop does it. */
async function writeAll(stream: Readable, path: string, meter: Meter, stallSeconds: number): Promise<void> {
  const file = await open(path, "wx").catch((error: unknown) => {
    stream.destroy();
    throw error;
  });
  const stalled = setTimeout(() => stream.destroy(new FileStalledError(stallSeconds)), stallSeconds * 1000);
  try {
    let gathered: Uint8Array[] = [];
    let gatheredBytes = 0;
    for await (const chunk of stream) {
      stalled.refresh();
      const bytes = asBytes(chunk);
      meter.add(bytes);
      gathered.push(bytes);
      gatheredBytes += bytes.length;
      if (gatheredBytes < writeBytes) continue;
      await writeGathered(file, gathered);
      gathered = [];
      gatheredBytes = 0;
    }
    await writeGathered(file, gathered);
  } finally {
    clearTimeout(stalled);
    await file.close();
  }
}

/** Joining them first would cost the garbage collector more than the write costs the disk. */
async function writeGathered(file: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  if (chunks.length === 0) return;
  const { bytesWritten } = await file.writev(chunks);
  const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
  // A disk that is nearly full takes a part, and says why with the next.
  if (bytesWritten < bytes) await file.writeFile(Buffer.concat(chunks).subarray(bytesWritten));
}

function asBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError(`Expected bytes for the file's chunks but received ${typeof chunk}`);
}

/** Counts and sums what passes, and stops it at the limit. */
class Meter {
  readonly sha256 = createHash("sha256");
  readonly crc32c = new Crc32c();
  readonly pace = new Pace();
  sizeBytes = 0;
  readonly #limitBytes: number;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  add(bytes: Uint8Array): void {
    this.sizeBytes += bytes.length;
    this.pace.add(bytes.length);
    if (this.sizeBytes > this.#limitBytes) throw new FileTooLargeError(this.#limitBytes);
    this.sha256.update(bytes);
    this.crc32c.update(bytes);
  }
}
