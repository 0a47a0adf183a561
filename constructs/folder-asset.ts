import { AssetType, TerraformAsset, TerraformStack } from "cdktf";
import type { ISynthesisSession } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { createHash } from "node:crypto";
import { copyFileSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

interface Folder {
  readonly files: readonly FolderFile[];
  readonly hash: string;
}

interface FolderFile {
  /** Relative, with `/` between parts. */
  readonly path: string;
  readonly isReadOnly: boolean;
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

  /** Writes the folder beside its stack, in place of what an earlier synthesis wrote there. */
  write(session: ISynthesisSession): void {
    const { synthesizedStackPath } = session.manifest.forStack(TerraformStack.of(this));
    const target = join(session.outdir, dirname(synthesizedStackPath), this.path);
    rmSync(dirname(target), { recursive: true, force: true });
    const targets = this.folder.files.map(({ path }) => join(target, path));
    for (const parent of new Set([target, ...targets.map(dirname)])) mkdirSync(parent, { recursive: true });
    for (const { path, isReadOnly } of this.folder.files) {
      const from = join(this.source, path);
      const to = join(target, path);
      if (!isReadOnly || !isLinked(from, to)) copyFileSync(from, to);
    }
  }
}

// How cdktf has an asset written is a method that its types keep private. Where it is called otherwise, it copies.
Reflect.defineProperty(FolderAsset.prototype, "_onSynthesize", {
  value(this: FolderAsset, session: ISynthesisSession) {
    this.write(session);
  },
});

/** Across file systems, and on some, there are no hard links. */
function isLinked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch {
    return false;
  }
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
  const places = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  const files = places.toSorted().map((place) => {
    const path = relative(folder, place).split(sep).join("/");
    const facts = lstatSync(place);
    if (!facts.isFile()) {
      throw new Error(
        `'${place}' is neither a file nor a folder: what travels with a stack is plain files only`,
      );
    }
    hash.update(`${path}\0`).update(readFileSync(place)).update("\0");
    return { path, isReadOnly: (facts.mode & 0o222) === 0 };
  });
  return { files, hash: hash.digest("hex").slice(0, 32).toUpperCase() };
}
