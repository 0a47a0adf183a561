/** A package as the lockfile pins it. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Subresource integrity of its tarball: `sha512-…`. */
  readonly integrity: string;
  /** Where it is installed, relative to the root, such as `node_modules/a/node_modules/b`. */
  readonly folder: string;
  /** SPDX expression as its author wrote it. */
  readonly license?: string;
}

/** What an image runs on. */
export interface Platform {
  readonly os: "linux";
  readonly cpu: "x64";
  readonly libc: "glibc";
}

export const imagePlatform: Platform = { os: "linux", cpu: "x64", libc: "glibc" };

/** npm's lockfile, version 3: https://docs.npmjs.com/cli/configuring-npm/package-lock-json */
export interface Lockfile {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, LockfileEntry>>;
}

export interface LockfileEntry {
  readonly version?: string;
  readonly name?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly resolved?: string;
  readonly os?: string | readonly string[];
  readonly cpu?: string | readonly string[];
  readonly libc?: string | readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** @throws Error when the text is no lockfile of version 3 */
export function parseLockfile(text: string): Lockfile {
  const lockfile: unknown = JSON.parse(text);
  if (!isLockfile(lockfile)) {
    throw new Error("expected a package-lock.json of lockfileVersion 3: write it anew with npm 9 or later");
  }
  return lockfile;
}

/**
 * The packages that are installed for `names` on a platform, as seen from the folder `from`, with all that they
 * need: dependencies, optional ones that fit the platform, and peers. Sorted by folder.
 *
 * @param from a workspace such as `app`, or `""` for the root
 * @throws Error when the lockfile lacks a package that is required
 */
export function packagesFor(
  lockfile: Lockfile,
  names: readonly string[],
  { from = "", platform = imagePlatform }: { readonly from?: string; readonly platform?: Platform } = {},
): LockedPackage[] {
  const found = new Map<string, LockedPackage>();
  const visit = (name: string, parent: string, isOptional: boolean): void => {
    const folder = findFolder(lockfile, name, parent);
    const entry = folder === undefined ? undefined : lockfile.packages[folder];
    if (folder === undefined || entry === undefined || !fits(entry, platform)) {
      if (isOptional) return;
      const reason = entry === undefined ? "is not in the lockfile" : `is not made for ${describe(platform)}`;
      throw new Error(`'${name}', which '${parent || "the root"}' needs, ${reason}: run npm install`);
    }
    if (found.has(folder)) return;
    const { version, integrity, license } = entry;
    if (version === undefined || integrity === undefined) {
      throw new Error(`'${folder}' has no version or integrity in the lockfile: only registry packages ship`);
    }
    found.set(folder, {
      // An alias is installed under another name than its own.
      name: entry.name ?? name,
      version,
      integrity,
      folder,
      ...(license === undefined ? {} : { license }),
    });
    const optional = new Set(Object.keys(entry.optionalDependencies ?? {}));
    for (const dependency of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
      visit(dependency, folder, optional.has(dependency));
    }
    for (const peer of Object.keys(entry.peerDependencies ?? {})) {
      visit(peer, folder, entry.peerDependenciesMeta?.[peer]?.optional === true);
    }
  };
  for (const name of names) visit(name, from, false);
  return [...found.values()].toSorted((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** Node's own way: `node_modules` of the parent, of its parent, and so on up to the root. */
function findFolder(lockfile: Lockfile, name: string, parent: string): string | undefined {
  for (let folder = parent; ;) {
    const candidate = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (lockfile.packages[candidate] !== undefined) return candidate;
    if (folder === "") return undefined;
    const cut = folder.lastIndexOf("/node_modules/");
    folder = cut === -1 ? "" : folder.slice(0, cut);
  }
}

function fits({ os, cpu, libc }: LockfileEntry, platform: Platform): boolean {
  return allows(os, platform.os) && allows(cpu, platform.cpu) && allows(libc, platform.libc);
}

function allows(field: string | readonly string[] | undefined, value: string): boolean {
  const values = typeof field === "string" ? [field] : (field ?? []);
  if (values.includes(`!${value}`)) return false;
  const wanted = values.filter((entry) => !entry.startsWith("!"));
  return wanted.length === 0 || wanted.includes(value) || wanted.includes("any");
}

function describe({ os, cpu, libc }: Platform): string {
  return `${os}, ${cpu}, ${libc}`;
}

function isLockfile(value: unknown): value is Lockfile {
  return (
    typeof value === "object" &&
    value !== null &&
    "lockfileVersion" in value &&
    value.lockfileVersion === 3 &&
    "packages" in value &&
    typeof value.packages === "object"
  );
}
