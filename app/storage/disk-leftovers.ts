import { readdir, readlink, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { temporaryFolder } from "./disk-object.ts";
import { isAlive, isSystemError } from "./folder-claim.ts";

/** Content that nothing names may belong to a put that is about to name it; after this long it does not. */
const orphanAgeMilliseconds = 3600 * 1000;

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
  const remove: Remove = isDryRun ? async () => {} : (path) => rm(path, { force: true });
  const temporary = await removeTemporaryFiles(join(root, temporaryFolder), remove);
  return temporary + (await removeOrphans(root, now, remove));
}

type Remove = (path: string) => Promise<void>;

/** Their names begin with the writing process's id. */
async function removeTemporaryFiles(folder: string, remove: Remove): Promise<number> {
  let removed = 0;
  for (const { name } of await entriesOf(folder)) {
    const pid = Number.parseInt(name, 10);
    if (Number.isNaN(pid) || isAlive({ pid, startedAt: null, host: hostname() })) continue;
    await remove(join(folder, name));
    removed++;
  }
  return removed;
}

async function removeOrphans(folder: string, now: number, remove: Remove): Promise<number> {
  const entries = await entriesOf(folder);
  const named = new Set<string>();
  for (const entry of entries) {
    if (entry.isSymbolicLink()) named.add(await readlink(join(folder, entry.name)).catch(ignoreAbsence));
  }
  let removed = 0;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith(".")) removed += await removeOrphans(path, now, remove);
    if (!entry.isFile() || !entry.name.startsWith(".") || named.has(entry.name)) continue;
    const found = await stat(path).catch(ignoreAbsence);
    if (typeof found === "string" || now - found.ctimeMs < orphanAgeMilliseconds) continue;
    await remove(path);
    removed++;
  }
  return removed;
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
