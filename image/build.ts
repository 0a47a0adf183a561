import type { BaseImage, BaseLayer } from "./base-image.ts";
import type { BlobCache } from "./blob-cache.ts";
import { type LayerSource, makeLayer } from "./layer.ts";
import { nativePackagesLayer } from "./native-packages.ts";
import { nodeLayer } from "./node-layer.ts";
import { type OciImage, describeImage } from "./oci-image.ts";
import { programLayer } from "./program-layer.ts";
import { type ImageRecipe, readRecipe, recipeFolders } from "./recipe.ts";

/** An image whose layers lie in the cache, but those of its base, which are fetched when a registry lacks them. */
export interface BuiltImage extends OciImage {
  readonly recipe: ImageRecipe;
  /** Lowest first: base, Node, native packages, program. */
  readonly layers: readonly BaseLayer[];
}

/**
 * Makes an image of a recipe's folder. The same recipe on the same base gives the same digest on every machine;
 * layers that were made before are not made again.
 */
export async function buildImage(folder: string, base: BaseImage, cache: BlobCache): Promise<BuiltImage> {
  const recipe = await readRecipe(folder);
  const sources: LayerSource[] = [
    ...(recipe.node === null ? [] : [nodeLayer(recipe.node)]),
    ...(recipe.nativePackages.length === 0
      ? []
      : [nativePackagesLayer(recipe.nativePackages, recipeFolders.program)]),
    await programLayer(recipe, folder),
  ];
  const own = await Promise.all(
    sources.map(async (source) => ({
      ...(await makeLayer(source, cache)),
      title: source.title,
      fetch: () => Promise.resolve(),
    })),
  );
  const layers = [...base.layers, ...own];
  const image = describeImage({
    layers,
    program: { ...recipe.program, environment: { ...base.environment, ...recipe.program.environment } },
    labels: {
      "org.opencontainers.image.title": recipe.name,
      "org.opencontainers.image.licenses": recipe.license,
      // The commit is not here but in the provenance: equal contents of two commits are one image.
      "org.opencontainers.image.version": recipe.contentHash,
      ...base.labels,
    },
  });
  return { ...image, recipe, layers };
}
