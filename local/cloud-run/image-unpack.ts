import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const opaque = ".wh..wh..opq";
const whiteout = ".wh.";

/**
 * Lays one layer over a folder: files are added or replaced, whiteouts remove what lower layers had.
 * https://github.com/opencontainers/image-spec/blob/main/layer.md
 *
 * @throws Error from `tar` when the archive is damaged
 */
export async function unpackLayer(archive: string, folder: string): Promise<void> {
  const { stdout } = await run("tar", ["--list", "--file", archive], { maxBuffer: 256 * 1024 * 1024 });
  for (const path of stdout.split("\n")) {
    const name = basename(path);
    if (!name.startsWith(whiteout)) continue;
    const parent = join(folder, dirname(path));
    await rm(name === opaque ? parent : join(parent, name.slice(whiteout.length)), {
      recursive: true,
      force: true,
    });
  }
  const how = [
    "--no-same-owner",
    "--preserve-permissions",
    "--delay-directory-restore",
    "--exclude",
    `${whiteout}*`,
  ];
  await run("tar", ["--extract", "--file", archive, "--directory", folder, ...how]);
}
