import { pinnedReference } from "./base-choice.ts";
import { type BaseImage, readBaseImage } from "./base-image.ts";
import { billOfMaterials } from "./bill-of-materials.ts";
import { type BlobCache, defaultCacheFolder, openBlobCache } from "./blob-cache.ts";
import { buildImage } from "./build.ts";
import { parseImageReference } from "./image-reference.ts";
import { isLoopback } from "./loopback.ts";
import { makeMachineBase } from "./machine-base.ts";
import { provenance } from "./provenance.ts";
import { pushImage } from "./push.ts";
import { type ImageRecipe, readRecipe } from "./recipe.ts";
import { openRegistry } from "./registry-client.ts";
import { googleCredentials } from "./registry-credentials.ts";
import { RegistryError } from "./registry-error.ts";

export type ProgramVariables = Readonly<Record<string, string | undefined>>;

/**
 * Builds the image of a recipe and pushes it under its name, unless the registry has it.
 *
 * @param variables `REFERENCE`, `RECIPE`, and where the registry and the cache are, if elsewhere than usual
 * @returns the digest of the manifest
 * @throws Error that says what failed; then the tag is not there
 */
export async function pushRecipe(
  variables: ProgramVariables,
  report: (line: string) => void,
): Promise<string> {
  const { REFERENCE: text = "", RECIPE: folder = "" } = variables;
  const reference = parseImageReference(text);
  const recipe = await readRecipe(folder);
  const { tag } = reference;
  if (tag !== recipe.contentHash) {
    throw new Error(
      `'${text}' does not name what the recipe holds (${recipe.contentHash}): synthesise again`,
    );
  }
  const endpoint = registryEndpoint(variables, reference.registry);
  const registry = openRegistry(reference, {
    credentials: googleCredentials,
    access: "pull,push",
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  const found = await registry.findManifest(tag);
  if (found !== undefined) {
    report(`${text} is in the registry: ${found}`);
    return found;
  }
  const cache = openBlobCache(defaultCacheFolder(variables));
  const isHere = isLoopback(new URL(endpoint ?? `https://${reference.registry}`).hostname);
  const base = await (isHere ? baseForThisMachine : baseForAnywhere)(recipe, cache, report);
  const image = await buildImage(folder, base, cache);
  const repository = `${reference.registry}/${reference.repository}`;
  const { digest, uploadedBytes } = await pushImage(image, registry, {
    target: reference,
    tag,
    cache,
    attachments: [billOfMaterials(recipe), provenance(recipe, image, repository)],
    report,
  });
  await cache.prune();
  report(`${text} is pushed: ${digest}, ${(uploadedBytes / 1e6).toFixed(1)} MB travelled`);
  return digest;
}

/**
 * Google's API and the registry are redirected both or neither. A rehearsal that redirects the API alone would push
 * to the real registry; a deploy that redirects the registry alone, by a variable left over, would push here, and
 * Cloud Run would look for the image there for ever: Terraform pushes once.
 */
function registryEndpoint(variables: ProgramVariables, registry: string): string | undefined {
  const endpoint = variables["IMGSTREAM_REGISTRY_ENDPOINT"] ?? "";
  const api = variables["GOOGLE_ARTIFACT_REGISTRY_CUSTOM_ENDPOINT"] ?? "";
  const isApiHere = URL.canParse(api) && isLoopback(new URL(api).hostname);
  if (registry.endsWith("docker.pkg.dev") && isApiHere !== (endpoint !== "")) {
    throw new Error(
      isApiHere
        ? `GOOGLE_ARTIFACT_REGISTRY_CUSTOM_ENDPOINT leads to this machine and ${registry} does not: set IMGSTREAM_REGISTRY_ENDPOINT to a registry here as well, such as http://127.0.0.1:5000`
        : `IMGSTREAM_REGISTRY_ENDPOINT is set and GOOGLE_ARTIFACT_REGISTRY_CUSTOM_ENDPOINT does not lead to this machine: unset it, for what is deployed looks for its image in ${registry}`,
    );
  }
  return endpoint === "" ? undefined : endpoint;
}

type BaseSource = (
  recipe: ImageRecipe,
  cache: BlobCache,
  report: (line: string) => void,
) => Promise<BaseImage>;

const baseForAnywhere: BaseSource = async ({ base }, cache) => {
  const registry = openRegistry(parseImageReference(base.reference), { credentials: googleCredentials });
  return await readBaseImage(pinnedReference(base), registry, cache);
};

/** What stays on this machine may stand on its own libraries, where there is no other base. */
const baseForThisMachine: BaseSource = async (recipe, cache, report) => {
  const { base } = recipe;
  if (base.node !== "lockfile") return await baseForAnywhere(recipe, cache, report);
  if (base.digest !== null) {
    try {
      const reference = parseImageReference(base.reference);
      const retry = { attempts: 1, firstPauseMilliseconds: 0 };
      return await readBaseImage(pinnedReference(base), openRegistry(reference, { retry }), cache);
    } catch (error) {
      if (!(error instanceof RegistryError) || error.status !== undefined) throw error;
      report(`${error.message}: the image stands on this machine's own libraries instead`);
    }
  }
  return await makeMachineBase(cache);
};
