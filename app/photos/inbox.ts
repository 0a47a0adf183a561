import { randomUUID } from "../late-crypto.ts";
import { casualUuid } from "../uuid.ts";
import { mkdir, readdir, rm, unlink } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { isAlive, isSystemError } from "../storage/folder-claim.ts";
import {
  ObjectDamagedError,
  type ObjectStore,
  PreconditionFailedError,
  StoreUnavailableError,
  type StoredObject,
} from "../storage/object-store.ts";
import type { MemoryShare } from "../pictures/memory-share.ts";
import { FileStalledError, FileTooLargeError, FileTooSlowError } from "./errors.ts";
import { FileMeter, writeMetered } from "./file-meter.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import { type Every, byTheClock, leastBytesPerSecond, paceCheckSeconds } from "./pace.ts";

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

/** What a store holds, as a file of its own. */
export interface FetchedFile {
  readonly file: ReceivedFile;
  readonly object: StoredObject;
}

export interface Inbox {
  /**
   * Writes what somebody sends into a file of its own, once there is room for it. Nothing stays behind when this rejects.
   *
   * @param source not read until there is room, and read to its end where there is none, or its sender would never hear
   *   the answer
   * @param limitBytes as close to its size as is known
   * @param signal gives up waiting for room when aborted
   * @throws FileTooLargeError after `limitBytes`
   * @throws FileStalledError where nothing more arrives
   * @throws FileTooSlowError where little arrives and others wait for its room
   * @throws InboxFullError where too many wait for room, or it takes too long
   */
  receive(source: Readable, limitBytes: number, signal?: AbortSignal): Promise<ReceivedFile>;

  /**
   * Writes a store's object into a file of its own; it is opened once there is room for it. However slowly it comes, it is
   * not given up while it does. Nothing stays behind when this rejects.
   *
   * @param signal gives up waiting for room when aborted
   * @returns undefined where there is no such object, or none any more once there is room
   * @throws StoreUnavailableError where nothing more comes, or the store breaks off
   * @throws ObjectDamagedError where what came is not what was stored
   * @throws PreconditionFailedError where another was stored under its name meanwhile
   * @throws InboxFullError where too many wait for room, or it takes too long
   */
  fetch(store: ObjectStore, name: string, signal?: AbortSignal): Promise<FetchedFile | undefined>;

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
  const senderStall = { seconds: stallSeconds, error: () => new FileStalledError(stallSeconds) };
  const storeStall = {
    seconds: stallSeconds,
    error: () => new Error(`nothing more of it came for ${stallSeconds} seconds`),
  };

  /** Reads the stream into a file; where that fails nothing of either stays. */
  async function fill(
    share: MemoryShare,
    limitBytes: number,
    stream: Readable,
    write: (path: string, meter: FileMeter) => Promise<void>,
  ): Promise<ReceivedFile> {
    const path = join(folder, randomUUID());
    const meter = new FileMeter(limitBytes);
    try {
      await mkdir(folder, { recursive: true });
      if (!isTidy) {
        isTidy = true;
        await removeAbandoned(cacheFolder);
      }
      await write(path, meter);
    } catch (error) {
      stream.destroy();
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
  }

  return {
    async receive(source, limitBytes, signal) {
      tellWhenRead(source);
      const share = await memory.enter(limitBytes, signal).catch((error: unknown) => {
        source.resume();
        throw error;
      });
      return await fill(share, limitBytes, source, async (path, meter) => {
        const stopWatching = watchPace(source, meter, memory, every);
        try {
          await writeMetered(source, path, meter, senderStall);
        } finally {
          stopWatching();
        }
      });
    },

    async fetch(store, name, signal) {
      const object = await store.stat(name);
      if (object === undefined) return undefined;
      const share = await memory.enter(object.sizeBytes, signal);
      let stream: Readable | undefined;
      try {
        stream = await openSame(store, object);
      } finally {
        if (stream === undefined) share.release();
      }
      if (stream === undefined) return undefined;
      const opened = tellWhenRead(stream);
      const file = await fill(share, object.sizeBytes, opened, async (path, meter) => {
        try {
          await writeMetered(opened, path, meter, storeStall);
        } catch (fault) {
          throw isBrokenOff(opened, fault) ? new StoreUnavailableError(name, { cause: fault }) : fault;
        }
      });
      return { file, object };
    },

    async close() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A fault may come while nobody reads: reading tells it. */
function tellWhenRead(stream: Readable): Readable {
  return stream.on("error", () => {});
}

/** @returns undefined where it is gone */
async function openSame(
  store: ObjectStore,
  { name, generation }: StoredObject,
): Promise<Readable | undefined> {
  const opened = await store.openRead(name);
  if (opened === undefined || opened.object.generation === generation) return opened?.stream;
  opened.stream.destroy();
  throw new PreconditionFailedError(name);
}

/** Whether the store's stream itself failed, or gave more than it said, and not with an answer about what is stored. */
function isBrokenOff(stream: Readable, error: unknown): boolean {
  if (error instanceof FileTooLargeError) return true;
  const isAnswer = error instanceof ObjectDamagedError || error instanceof StoreUnavailableError;
  return error === stream.errored && !isAnswer;
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
function watchPace(stream: Readable, meter: FileMeter, memory: MemoryBudget, every: Every): () => void {
  return every(paceCheckSeconds, () => {
    const rate = meter.pace.check();
    if (rate === undefined || rate >= leastBytesPerSecond || !memory.isWanted) return;
    stream.destroy(new FileTooSlowError(rate, leastBytesPerSecond));
  });
}
