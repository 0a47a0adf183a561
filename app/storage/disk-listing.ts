import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { readDiskObject, storedObject } from "./disk-object.ts";
import { isSystemError } from "./folder-claim.ts";
import { checkObjectPrefix } from "./object-name.ts";
import type { ListOptions, StoredObject } from "./object-store.ts";

/** Objects under the prefix, in the order of their whole names' UTF-8 bytes: a folder sorts as `name/`. */
export async function* listDiskObjects(
  root: string,
  prefix: string,
  { startAfter, limit = Number.POSITIVE_INFINITY }: ListOptions,
): AsyncIterable<StoredObject> {
  checkObjectPrefix(prefix);
  let left = limit;
  const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  for await (const name of namesUnder(root, folder, prefix, startAfter)) {
    if (left <= 0) return;
    const object = await describe(root, name);
    if (object === undefined) continue;
    left--;
    yield object;
  }
}

async function* namesUnder(
  root: string,
  folder: string,
  prefix: string,
  startAfter: string | undefined,
): AsyncIterable<string> {
  const isWanted = ({ text, isFolder }: FolderEntry) => {
    const name = folder + text;
    const isPast = startAfter !== undefined && compareBytes(name, startAfter) <= 0;
    if (!isFolder) return name.startsWith(prefix) && !isPast;
    const isOnTheWay = name.startsWith(prefix) || prefix.startsWith(name);
    return isOnTheWay && (!isPast || startAfter.startsWith(name));
  };
  // Before they are sorted: who asks what comes after the last of very many is told at once.
  const wanted = (await entriesOf(join(root, folder))).filter(isWanted);
  for (const { text, isFolder } of wanted.toSorted((one, other) => compareBytes(one.text, other.text))) {
    if (isFolder) yield* namesUnder(root, folder + text, prefix, startAfter);
    else yield folder + text;
  }
}

interface FolderEntry {
  /** A folder's ends with `/`. */
  readonly text: string;
  readonly isFolder: boolean;
}

/** In no order. */
async function entriesOf(path: string): Promise<readonly FolderEntry[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (isSystemError(error) && (error.code === "ENOENT" || error.code === "ENOTDIR")) return [];
    throw error;
  }
  return entries
    .filter((entry) => !entry.name.startsWith(".") && (entry.isSymbolicLink() || entry.isDirectory()))
    .map((entry) => ({
      text: entry.isDirectory() ? `${entry.name}/` : entry.name,
      isFolder: entry.isDirectory(),
    }));
}

/** Undefined where it was deleted meanwhile. */
async function describe(root: string, name: string): Promise<StoredObject | undefined> {
  const object = await readDiskObject(root, name);
  if (object === undefined) return undefined;
  try {
    const { size } = await stat(join(root, name));
    return storedObject(object, size);
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** UTF-16 orders as UTF-8 does but for what has two units, which comes before what has one and is above it. */
const beyond = /[\ud800-\uffff]/;

function compareBytes(one: string, other: string): number {
  if (beyond.test(one) || beyond.test(other)) return Buffer.compare(Buffer.from(one), Buffer.from(other));
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
