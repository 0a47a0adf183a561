import { AssetType, TerraformAsset, TerraformStack } from "cdktf";
import type { ISynthesisSession } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import type { Stats } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

interface Folder {
  readonly files: readonly FolderFile[];
  readonly hash: string;
}

interface FolderFile {
  /** Relative, with `/` between parts. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly facts: Stats;
}

/** What was read of a folder is read once an app: several stacks may carry the same one. */
const foldersOfApps = new WeakMap<IConstruct, Map<string, Folder>>();

/**
 * A folder that travels with a stack. Its hash is of names and contents in an order of ours: cdktf's own goes by
 * the file system's. Files that nobody may write become hard links where the file system has them, all others
 * copies: most of a synthesis would be copying what does not change.
 *
 * @throws Error when something in the folder is neither a file nor a folder: what a link leads to could change unseen
 */
export class FolderAsset extends TerraformAsset {
  private readonly source: string;
  private readonly folder: Folder;

  constructor(scope: Construct, id: string, path: string) {
    const folder = folderOf(scope, path);
    super(scope, id, { path, type: AssetType.DIRECTORY, assetHash: folder.hash });
    this.source = path;
    this.folder = folder;
  }

  /** Writes the folder beside its stack. What an earlier synthesis wrote there stays as far as it is the same. */
  write(session: ISynthesisSession): void {
    const { synthesizedStackPath } = session.manifest.forStack(TerraformStack.of(this));
    const target = join(session.outdir, dirname(synthesizedStackPath), this.path);
    const files = new Map(this.folder.files.map((file) => [join(target, ...file.path.split("/")), file]));
    const places = placesBelow(dirname(target));
    const isOther = places.some((place) => !files.has(place));
    if (isOther) rmSync(dirname(target), { recursive: true });
    const written = new Set(isOther ? [] : places);
    for (const parent of new Set([target, ...[...files.keys()].map(dirname)])) {
      mkdirSync(parent, { recursive: true });
    }
    for (const [place, file] of files) {
      if (written.has(place)) {
        if (isSame(place, file)) continue;
        // Before another is written: it may be a link, and what it leads to is not ours.
        rmSync(place);
      }
      const from = join(this.source, file.path);
      const isReadOnly = (file.facts.mode & 0o222) === 0;
      if (!isReadOnly || !isLinked(from, place)) copyFileSync(from, place);
    }
  }
}

// How cdktf has an asset written is a method that its types keep private. Where it is called otherwise, it copies.
Reflect.defineProperty(FolderAsset.prototype, "_onSynthesize", {
  value(this: FolderAsset, session: ISynthesisSession) {
    this.write(session);
  },
});

/** Whether what is written is a link to the file, or has its bytes. */
function isSame(place: string, { bytes, facts }: FolderFile): boolean {
  const { dev, ino } = lstatSync(place);
  return (ino === facts.ino && dev === facts.dev) || readFileSync(place).equals(bytes);
}

/** Across file systems, and on some, there are no hard links. */
function isLinked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch {
    return false;
  }
}

/** Everything below a folder but folders. */
function placesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

function folderOf(scope: Construct, path: string): Folder {
  const { root } = scope.node;
  const folders = foldersOfApps.get(root) ?? new Map<string, Folder>();
  foldersOfApps.set(root, folders);
  const folder = folders.get(path) ?? readFolder(path);
  folders.set(path, folder);
  return folder;
}

function readFolder(folder: string): Folder {
  const hash = createHash("sha256");
  const files = placesBelow(folder)
    .toSorted()
    .map((place) => {
      const path = relative(folder, place).split(sep).join("/");
      const facts = lstatSync(place);
      if (!facts.isFile()) {
        throw new Error(
          `'${place}' is neither a file nor a folder: what travels with a stack is plain files only`,
        );
      }
      const bytes = readFileSync(place);
      hash.update(`${path}\0`).update(bytes).update("\0");
      return { path, bytes, facts };
    });
  return { files, hash: hash.digest("hex").slice(0, 32).toUpperCase() };
}
