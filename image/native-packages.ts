import { stripExecutable } from "./strip.ts";
import type { LayerSource } from "./layer.ts";
import type { LockedPackage } from "./lockfile.ts";
import { fetchPackageTarball } from "./package-tarball.ts";
import { readTarball } from "./tar-reader.ts";
import type { TarFile } from "./tar.ts";

/**
 * A layer of packages that a bundle cannot hold, those with native code, as `npm ci` would lay them out under
 * `folder` on the image's platform. Symbols are stripped, what only compilers read is left out, licences stay.
 *
 * @param folder such as `app`; the packages come to lie in its `node_modules`
 */
export function nativePackagesLayer(packages: readonly LockedPackage[], folder: string): LayerSource {
  return {
    title: "native packages",
    key: JSON.stringify([
      "native packages",
      folder,
      packages.map((entry) => [entry.folder, entry.integrity]),
    ]),
    entries: async () => {
      const entries: TarFile[] = [];
      for (const entry of packages) entries.push(...(await packageFiles(entry, folder)));
      return entries;
    },
  };
}

async function packageFiles(locked: LockedPackage, folder: string): Promise<TarFile[]> {
  // A workspace's own packages (`app/node_modules/x`) come to lie beside those of the root.
  const place = locked.folder.slice(locked.folder.indexOf("node_modules/"));
  return readTarball(await fetchPackageTarball(locked))
    .filter(({ path }) => !unused.test(path))
    .map(({ path, bytes }) => ({
      kind: "file",
      // The first part of a path in a package's tarball is any name; npm takes it off.
      path: `${folder}/${place}/${path.slice(path.indexOf("/") + 1)}`,
      isExecutable: false,
      bytes: stripExecutable(bytes),
    }));
}

/** Declarations, maps and sources in C++: nothing that runs. */
const unused = /\.(?:d\.[cm]?ts|map|cc|cpp|hpp|h|gyp|gypi|tsbuildinfo)$/;
