import { readSources } from "./content-hash.ts";
import type { LayerSource } from "./layer.ts";
import { sha256 } from "./oci-image.ts";
import { type ImageRecipe, recipeFolders } from "./recipe.ts";

/** A layer of the bundled program and its page: the part that changes with every version. */
export async function programLayer(recipe: ImageRecipe, folder: string): Promise<LayerSource> {
  const files = readSources(folder, [recipeFolders.program]);
  return {
    title: `${recipe.name} ${recipe.contentHash.slice(0, 12)}`,
    key: JSON.stringify(["program", files.map(({ path, bytes }) => [path, sha256(bytes)])]),
    entries: () =>
      Promise.resolve(files.map(({ path, bytes }) => ({ kind: "file", path, isExecutable: false, bytes }))),
  };
}
