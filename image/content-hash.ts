import { createHash } from "node:crypto";
import type { Dirent, Stats } from "node:fs";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface HashedFile {
  /** Relative, with `/` between parts. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * The files below some paths of a folder, sorted by path in byte order. Installed packages and output are left
 * out, links are refused: what they lead to could change unseen. Waits for each file: hundreds of small ones are read
 * in a third of the time that asking for all at once takes.
 *
 * @param paths files or folders, relative to `rootFolder`
 */
export function readSources(rootFolder: string, paths: readonly string[]): HashedFile[] {
  const files: HashedFile[] = [];
  const visit = (path: string, entry: Dirent | Stats): void => {
    const place = join(rootFolder, path);
    if (entry.isDirectory()) {
      for (const child of readdirSync(place, { withFileTypes: true })) {
        if (!leftOut.has(child.name)) visit(`${path}/${child.name}`, child);
      }
    } else if (entry.isFile()) {
      files.push({ path, bytes: readFileSync(place) });
    } else {
      throw new Error(`'${path}' is neither a file nor a folder: an image is made of plain sources only`);
    }
  };
  for (const path of paths) visit(path, lstatSync(join(rootFolder, path)));
  return files.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

const leftOut = new Set(["node_modules", "dist", "coverage", ".DS_Store"]);

/**
 * The name of contents: SHA-256 over files and facts, as 64 hexadecimal digits. Independent of folder, time, mode
 * and owner of the files. Needs no network.
 *
 * @param facts whatever else the contents depend on; equal JSON counts as equal
 */
export function contentHash(files: readonly HashedFile[], facts: unknown): string {
  const hash = createHash("sha256");
  for (const { path, bytes } of files) {
    // Lengths first, so that no two lists of files read the same.
    hash.update(`${Buffer.byteLength(path)} ${bytes.length} ${path}`);
    hash.update(bytes);
  }
  return hash.update(JSON.stringify(facts)).digest("hex");
}
