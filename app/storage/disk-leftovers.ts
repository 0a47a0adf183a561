import type { Dirent } from "node:fs";
import { readdir, readlink, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { temporaryFolder } from "./disk-object.ts";
import { isAlive, isSystemError } from "./folder-claim.ts";

/** Content that nothing names may belong to a put that is about to name it; after this long it does not. */
const orphanAgeMilliseconds = 3600 * 1000;

/** Of what is about to be removed, until it is certain that nobody has named it meanwhile. */
const asidePrefix = ".aside";

export interface LeftoversOptions {
  /** Counts and removes nothing. @default false */
  readonly isDryRun?: boolean;
  /** Milliseconds since 1970. @default the system's clock */
  readonly now?: number;
}

/**
 * Removes what processes that were killed left in a disk store: half-written files, and content that no name
 * points to. Takes time in proportion to the number of objects; may run beside everything else.
 *
 * @returns how many files were removed
 */
export async function removeDiskLeftovers(
  root: string,
  { isDryRun = false, now = Date.now() }: LeftoversOptions = {},
): Promise<number> {
  const temporary = await removeTemporaryFiles(join(root, temporaryFolder), isDryRun);
  return temporary + (await removeOrphans(root, now, isDryRun));
}

/** Their names begin with the writing process's id. */
async function removeTemporaryFiles(folder: string, isDryRun: boolean): Promise<number> {
  let removed = 0;
  for (const { name } of await entriesOf(folder)) {
    const pid = Number.parseInt(name, 10);
    if (Number.isNaN(pid) || isAlive({ pid, startedAt: null, host: hostname() })) continue;
    if (!isDryRun) await rm(join(folder, name), { force: true });
    removed++;
  }
  return removed;
}

async function removeOrphans(folder: string, now: number, isDryRun: boolean): Promise<number> {
  let removed = 0;
  const entries = await entriesOf(folder);
  for (const { name } of entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".")))
    removed += await removeOrphans(join(folder, name), now, isDryRun);
  const named = await namedIn(folder, entries);
  const orphans: string[] = [];
  for (const { name } of entries.filter((entry) => entry.isFile() && entry.name.startsWith("."))) {
    if (named.has(name)) continue;
    const found = await stat(join(folder, name)).catch(ignoreAbsence);
    if (typeof found !== "string" && now - found.ctimeMs >= orphanAgeMilliseconds) orphans.push(name);
  }
  if (orphans.length === 0 || isDryRun) return removed + orphans.length;
  for (const orphan of orphans.filter((name) => !name.startsWith(asidePrefix)))
    await rename(join(folder, orphan), join(folder, asidePrefix + orphan)).catch(ignoreAbsence);
  // Who names one from now on finds nothing under its name, and takes the name back; who did before gets it back.
  const namedSince = await namedIn(folder, await entriesOf(folder));
  for (const orphan of orphans) {
    const name = orphan.startsWith(asidePrefix) ? orphan.slice(asidePrefix.length) : orphan;
    const aside = join(folder, asidePrefix + name);
    if (namedSince.has(name)) await rename(aside, join(folder, name)).catch(ignoreAbsence);
    else {
      await rm(aside, { force: true });
      removed++;
    }
  }
  return removed;
}

/** Hidden files that links of the folder name. */
async function namedIn(folder: string, entries: readonly Dirent[]): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  for (const entry of entries) {
    if (entry.isSymbolicLink()) named.add(await readlink(join(folder, entry.name)).catch(ignoreAbsence));
  }
  return named;
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return [];
    throw error;
  }
}

/** Others change the folder meanwhile. */
function ignoreAbsence(error: unknown): string {
  if (isSystemError(error) && (error.code === "ENOENT" || error.code === "EINVAL")) return "";
  throw error;
}
