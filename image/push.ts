import { type Attachment, writeAttachments } from "./attachments.ts";
import { type BlobCache, readBlob } from "./blob-cache.ts";
import type { BaseLayer } from "./base-image.ts";
import type { BuiltImage } from "./build.ts";
import { writeContent } from "./content-upload.ts";
import type { RegistryClient } from "./registry-client.ts";

export interface PushOptions {
  /** Registry and repository that is pushed to, to know which base can be mounted. */
  readonly target: { readonly registry: string; readonly repository: string };
  readonly tag: string;
  readonly cache: BlobCache;
  /** What is attached to the image, such as its bill of materials. @default nothing */
  readonly attachments?: readonly Attachment[];
  /** One line for people whenever there is something to say. @default silence */
  readonly report?: (line: string) => void;
}

export interface PushOutcome {
  readonly digest: string;
  /** Bytes that travelled, of layers only. */
  readonly uploadedBytes: number;
}

/**
 * Brings an image into a registry, layers first and its tag last: whoever finds the tag finds everything. Layers
 * that the registry has do not travel.
 *
 * @throws Error that says what the registry refused; then the tag is not there
 */
export async function pushImage(
  image: Omit<BuiltImage, "recipe">,
  registry: RegistryClient,
  { target, tag, cache, attachments = [], report = () => undefined }: PushOptions,
): Promise<PushOutcome> {
  let uploadedBytes = 0;
  // One after the other: the connection is the limit, and progress can be read.
  for (const layer of image.layers)
    uploadedBytes += await pushLayer(layer, registry, { target, cache, report });
  await writeContent(image.config, registry);
  await registry.writeManifest(image.manifest.digest, image.manifest);
  await writeAttachments(image.manifest, attachments, tag, registry);
  try {
    await registry.writeManifest(tag, image.manifest);
  } catch (error) {
    // Tags cannot be moved. Whoever was faster pushed the same contents.
    const found = await registry.findManifest(tag).catch(() => undefined);
    if (found === undefined) throw error;
    report(`${tag} was pushed by somebody else meanwhile`);
    return { digest: found, uploadedBytes };
  }
  return { digest: image.manifest.digest, uploadedBytes };
}

type LayerOptions = Required<Pick<PushOptions, "target" | "cache" | "report">>;

async function pushLayer(
  layer: BaseLayer,
  registry: RegistryClient,
  { target, cache, report }: LayerOptions,
): Promise<number> {
  const name = `${layer.title}, ${megabytes(layer.size)}`;
  if (await registry.hasBlob(layer.digest)) {
    report(`${name}: there already`);
    return 0;
  }
  const prefix = `${target.registry}/`;
  // Before it is fetched: what can be mounted need not be here.
  if (
    layer.mountFrom?.startsWith(prefix) === true &&
    (await registry.mountBlob(layer.digest, layer.mountFrom.slice(prefix.length)))
  ) {
    report(`${name}: mounted`);
    return 0;
  }
  if ((await cache.find(layer.digest)) === undefined) report(`${name}: fetching`);
  await layer.fetch();
  const file = await cache.find(layer.digest);
  if (file === undefined) throw new Error(`${name} vanished from the cache: repeat the command`);
  let quarters = 0;
  await registry.writeBlob(
    { digest: layer.digest, size: layer.size, open: (start, end) => readBlob(file, start, end) },
    {
      onProgress: (bytes) => {
        const reached = Math.floor((4 * bytes) / layer.size);
        if (reached > quarters && reached < 4) report(`${name}: ${reached * 25} %`);
        quarters = reached;
      },
    },
  );
  report(`${name}: uploaded`);
  return layer.size;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
