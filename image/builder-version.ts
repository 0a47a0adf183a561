import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { HashedFile } from "./content-hash.ts";

/**
 * The files of this room that decide about an image's bytes: whoever changes one changes the name of every image,
 * so that no name ever stands for two contents.
 */
export const builderFileNames = [
  "build.ts",
  "bundle.ts",
  "late-module.ts",
  "late-requires.ts",
  "layer.ts",
  "lazy-requires.ts",
  "native-packages.ts",
  "node-layer.ts",
  "oci-image.ts",
  "program-layer.ts",
  "strip.ts",
  "tar-reader.ts",
  "tar.ts",
] as const;

/** The builder's own files, as part of what an image's name depends on. */
export async function builderFiles(): Promise<HashedFile[]> {
  return await Promise.all(
    builderFileNames.map(async (name) => ({
      path: `image/${name}`,
      bytes: await readFile(join(import.meta.dirname, name)),
    })),
  );
}
