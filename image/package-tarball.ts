import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LockedPackage } from "./lockfile.ts";

/**
 * The tarball of a package, byte for byte what the lockfile pins: from npm's own cache, where `npm ci` left it,
 * else through npm from the registry that this machine is set up for. It works for packages of any platform,
 * whatever the builder's own.
 *
 * @throws Error when neither has it, or when the registry's bytes are not those of the lockfile
 */
export async function fetchPackageTarball({
  name,
  version,
  integrity,
}: Pick<LockedPackage, "name" | "version" | "integrity">): Promise<Uint8Array> {
  if (!integrity.startsWith("sha512-")) {
    throw new Error(`expected an integrity of sha512 in the lockfile for ${name}, got '${integrity}'`);
  }
  const cached = await readFile(cachedFile(integrity)).catch(() => undefined);
  if (cached !== undefined && matches(cached, integrity)) return cached;

  const folder = await mkdtemp(join(tmpdir(), "imgstream-package-"));
  try {
    await npm(["pack", `${name}@${version}`, "--pack-destination", folder, "--ignore-scripts", "--silent"]);
    const [file] = await readdir(folder);
    const tarball = await readFile(join(folder, file ?? ""));
    if (!matches(tarball, integrity)) {
      throw new Error(`the bytes differ from the lockfile's ${integrity}`);
    }
    return tarball;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${name} ${version} is not in npm's cache and could not be fetched (${reason.trim()}): run npm ci with a network`,
      { cause },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where npm keeps content, by its digest: https://github.com/npm/cacache */
function cachedFile(integrity: string): string {
  const hex = Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex");
  const cache = process.env["npm_config_cache"] ?? join(homedir(), ".npm");
  return join(cache, "_cacache", "content-v2", "sha512", hex.slice(0, 2), hex.slice(2, 4), hex.slice(4));
}

function matches(tarball: Uint8Array, integrity: string): boolean {
  return `sha512-${createHash("sha512").update(tarball).digest("base64")}` === integrity;
}

async function npm(parameters: readonly string[]): Promise<void> {
  // On Windows npm is a script of the shell's; names and versions come from a lockfile that npm accepted.
  await promisify(execFile)("npm", [...parameters], { shell: process.platform === "win32", cwd: tmpdir() });
}
