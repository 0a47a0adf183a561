import { execFile } from "node:child_process";
import { chmod, link, lstat, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const opaque = ".wh..wh..opq";
const whiteout = ".wh.";

/** Unpacks the archive of one layer into a folder of its own, whiteouts included. @throws Error from `tar` when the archive is damaged */
export async function unpackLayer(archive: string, folder: string): Promise<void> {
  const how = ["--no-same-owner", "--preserve-permissions", "--delay-directory-restore"];
  await run("tar", ["--extract", "--file", archive, "--directory", folder, ...how]);
}

/**
 * Lays unpacked layers over one another, the lowest first: files are added or replaced, whiteouts remove what lower
 * layers had. Files are links to those of the layers, which many images share: nothing may write to them.
 * https://github.com/opencontainers/image-spec/blob/main/layer.md
 */
export async function layOver(layers: readonly string[], root: string): Promise<void> {
  const modes = new Map<string, number>();
  for (const layer of layers) await layFolder(layer, root, modes);
  // Only now: what is in a folder that nobody may write to could not be laid otherwise. The innermost first.
  for (const [folder, mode] of [...modes].toReversed()) {
    // A higher layer may have removed it, or put a file in its place.
    if ((await isFolder(folder)) === true) await chmod(folder, mode);
  }
}

async function layFolder(from: string, to: string, modes: Map<string, number>): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true });
  if (entries.some(({ name }) => name === opaque)) {
    for (const name of await readdir(to)) await rm(join(to, name), { recursive: true, force: true });
  }
  for (const entry of entries) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.name === opaque) continue;
    if (entry.name.startsWith(whiteout)) {
      await rm(join(to, entry.name.slice(whiteout.length)), { recursive: true, force: true });
    } else if (entry.isDirectory()) {
      if ((await isFolder(target)) === false) await rm(target);
      await mkdir(target, { recursive: true });
      modes.set(target, (await lstat(source)).mode & 0o7777);
      await layFolder(source, target, modes);
    } else {
      await link(source, target).catch(async (error: unknown) => {
        if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
        await rm(target, { recursive: true });
        await link(source, target);
      });
    }
  }
}

/** Undefined where there is nothing. A link to a folder is none. */
async function isFolder(path: string): Promise<boolean | undefined> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isDirectory();
}
