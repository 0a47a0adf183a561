import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Readable } from "node:stream";

/**
 * What was made or fetched before, in a folder that may vanish at any time: blobs by their SHA-256 digest, and
 * small notes by a key of the caller's.
 */
export interface BlobCache {
  /** The blob's file, or nothing when it is not here. */
  find(digest: string): Promise<string | undefined>;
  /** Keeps a stream under the digest of its bytes; a stream that breaks off leaves nothing behind. */
  keep(content: Readable, expectedDigest?: string): Promise<CachedBlob>;
  drop(digest: string): Promise<void>;
  readNote(key: string): Promise<unknown>;
  writeNote(key: string, note: unknown): Promise<void>;
  /**
   * Removes what nobody used for that long, recipes and their programs included.
   *
   * @param unusedDays @default 30
   */
  prune(unusedDays?: number): Promise<void>;
}

export interface CachedBlob {
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  readonly size: number;
}

/** Folders in the cache's own that prepared recipes lie in, and the programs that push them. */
export const recipeCaches = { recipes: "recipes", programs: "programs" } as const;

/** One folder a person, shared by checkouts: `IMGSTREAM_CACHE`, or by the habit of the platform. */
export function defaultCacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return (
    environment["IMGSTREAM_CACHE"] ??
    join(environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "imgstream")
  );
}

/** @param folder is made when it is missing. @default {@link defaultCacheFolder} */
export function openBlobCache(folder: string = defaultCacheFolder()): BlobCache {
  const blobs = join(folder, "blobs");
  const notes = join(folder, "notes");
  const fileOf = (digest: string): string => join(blobs, digest.replace(/^sha256:/, ""));
  const noteOf = (key: string): string =>
    join(notes, `${createHash("sha256").update(key).digest("hex")}.json`);

  const moveIntoPlace = async (file: string, write: (draft: string) => Promise<void>): Promise<void> => {
    const draft = `${file}.${randomUUID()}.draft`;
    try {
      await write(draft);
      await rename(draft, file);
    } catch (cause) {
      await rm(draft, { force: true });
      throw explain(cause, folder);
    }
  };

  return {
    async find(digest) {
      const file = fileOf(digest);
      if (!existsSync(file)) return undefined;
      const now = new Date();
      await utimes(file, now, now).catch(() => undefined);
      return file;
    },

    async keep(content, expectedDigest) {
      await mkdir(blobs, { recursive: true }).catch((cause: unknown) => {
        throw explain(cause, folder);
      });
      const draft = join(blobs, `${randomUUID()}.draft`);
      const hash = createHash("sha256");
      let size = 0;
      try {
        await pipeline(
          content,
          async function* (chunks: AsyncIterable<Buffer>) {
            for await (const chunk of chunks) {
              hash.update(chunk);
              size += chunk.length;
              yield chunk;
            }
          },
          createWriteStream(draft),
        );
        const digest = `sha256:${hash.digest("hex")}`;
        if (expectedDigest !== undefined && digest !== expectedDigest) {
          throw new Error(`what arrived as ${expectedDigest} has the digest ${digest}: repeat the command`);
        }
        await rename(draft, fileOf(digest));
        return { digest, size };
      } catch (cause) {
        await rm(draft, { force: true });
        throw explain(cause, folder);
      }
    },

    async drop(digest) {
      await rm(fileOf(digest), { force: true });
    },

    async readNote(key) {
      try {
        return JSON.parse(await readFile(noteOf(key), "utf8")) as unknown;
      } catch {
        return undefined;
      }
    },

    async writeNote(key, note) {
      await mkdir(notes, { recursive: true });
      await moveIntoPlace(noteOf(key), (draft) => writeFile(draft, JSON.stringify(note)));
    },

    async prune(unusedDays = 30) {
      const limit = Date.now() - unusedDays * 86_400_000;
      for (const part of ["blobs", "notes", ...Object.values(recipeCaches)]) {
        for (const name of await readdir(join(folder, part)).catch(() => [])) {
          const place = join(folder, part, name);
          const facts = await stat(place).catch(() => undefined);
          if (facts !== undefined && facts.mtimeMs < limit) await rm(place, { recursive: true, force: true });
        }
      }
    },
  };
}

/** Reads a part of a cached blob: from `start` up to but without `end`. */
export function readBlob(file: string, start: number, end: number): Readable {
  return createReadStream(file, { start, end: end - 1 });
}

function explain(cause: unknown, folder: string): unknown {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  // What Node says of a folder to be made with its parents on a disk that may only be read.
  const isNotMade =
    code === "ENOENT" && cause instanceof Error && "syscall" in cause && cause.syscall === "mkdir";
  if (code === "ENOSPC") {
    return new Error(
      `no space is left for '${folder}': free some, or name another folder by IMGSTREAM_CACHE`,
      {
        cause,
      },
    );
  }
  if (code === "EACCES" || code === "EROFS" || isNotMade) {
    return new Error(
      `'${folder}' cannot be written: change its owner, or name another folder by IMGSTREAM_CACHE`,
      {
        cause,
      },
    );
  }
  return cause;
}
