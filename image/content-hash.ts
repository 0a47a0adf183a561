import { createHash } from "node:crypto";
import { lstat, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

export interface HashedFile {
  /** Relative, with `/` between parts. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * The files below some paths of a folder, sorted by path in byte order. Installed packages and output are left
 * out, links are refused: what they lead to could change unseen.
 *
 * @param paths files or folders, relative to `rootFolder`
 */
export async function readSources(rootFolder: string, paths: readonly string[]): Promise<HashedFile[]> {
  const files: HashedFile[] = [];
  const visit = async (path: string): Promise<void> => {
    const place = join(rootFolder, path);
    const facts = await lstat(place);
    if (facts.isDirectory()) {
      const names = await readdir(place);
      await Promise.all(names.filter((name) => !leftOut.has(name)).map((name) => visit(`${path}/${name}`)));
    } else if (facts.isFile()) {
      files.push({ path, bytes: await readFile(place) });
    } else {
      throw new Error(`'${path}' is neither a file nor a folder: an image is made of plain sources only`);
    }
  };
  await Promise.all(paths.map(visit));
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
