import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type LockedPackage, parseLockfile } from "./lockfile.ts";

/**
 * Checks that what `npm ci` installed is what the lockfile says, so that a bundle is made of the packages that its
 * name stands for. Packages of another platform need not be installed.
 *
 * @throws Error that names every package that differs
 */
export async function requireInstalled(
  rootFolder: string,
  packages: readonly LockedPackage[],
): Promise<void> {
  // npm's own note of what it installed.
  const note = await readFile(join(rootFolder, "node_modules/.package-lock.json"), "utf8").catch(
    () => undefined,
  );
  if (note === undefined) throw new Error(`nothing is installed in '${rootFolder}': run npm ci`);
  const { packages: installed } = parseLockfile(note);
  const differing = packages.filter(({ folder, integrity }) => {
    const found = installed[folder];
    return found !== undefined && found.integrity !== integrity;
  });
  if (differing.length > 0) {
    const names = differing.map(
      ({ folder, version }) => `${folder.replace(/^node_modules\//, "")} ${version}`,
    );
    throw new Error(`installed packages differ from the lockfile (${names.join(", ")}): run npm ci`);
  }
}
