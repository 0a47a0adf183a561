import { Readable } from "node:stream";
import type { BlobCache } from "./blob-cache.ts";
import type { NamedBlob } from "./blob-download.ts";
import { formatImageReference, type ImageReference, parseImageReference } from "./image-reference.ts";
import { type Layer, layerMediaType } from "./layer.ts";
import { indexMediaType } from "./oci-image.ts";
import type { RegistryClient, StoredManifest } from "./registry-client.ts";

/** What an image stands on. */
export interface BaseImage {
  readonly layers: readonly BaseLayer[];
  /** Variables that its configuration sets, such as `SSL_CERT_FILE`. */
  readonly environment: Readonly<Record<string, string>>;
  /** How the image that stands on it names it. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface BaseLayer extends Layer {
  readonly title: string;
  /** Repository of the same registry that the layer may be mounted from. */
  readonly mountFrom?: string;
  /** Fetches the layer into the cache, unless it is there. */
  fetch(): Promise<void>;
}

/**
 * A base by reference, in the variant for linux/amd64. Its layers are fetched only when a registry that is pushed
 * to lacks them.
 *
 * @param text must name a digest: a tag may mean something else tomorrow
 * @throws Error when it has no digest, or no variant for linux/amd64
 */
export async function readBaseImage(
  text: string,
  registry: RegistryClient,
  cache: BlobCache,
): Promise<BaseImage> {
  const reference = parseImageReference(text);
  if (reference.digest === undefined) {
    throw new Error(`the base image '${text}' names no digest: run \`npm run image:pin\` with a network`);
  }
  const manifest = parseManifest(await resolvePlatform(reference.digest, registry), text);
  const config = parseConfig(await readSmallBlob(manifest.config, registry, cache), text);
  if (config.diffIds.length !== manifest.layers.length) {
    throw new Error(
      `the base image '${text}' has ${manifest.layers.length} layers and ${config.diffIds.length} ids`,
    );
  }
  return {
    environment: config.environment,
    labels: {
      "org.opencontainers.image.base.name": formatImageReference(withoutDigest(reference)),
      "org.opencontainers.image.base.digest": reference.digest,
    },
    layers: manifest.layers.map(({ digest, size }, index) => ({
      // Docker's own name for the same bytes is not mixed into an OCI manifest.
      mediaType: layerMediaType,
      digest,
      size,
      diffId: config.diffIds[index] ?? "",
      title: `base ${reference.repository}`,
      mountFrom: `${reference.registry}/${reference.repository}`,
      fetch: async () => {
        if ((await cache.find(digest)) === undefined)
          await cache.keep(registry.readBlob({ digest, size }), digest);
      },
    })),
  };
}

/** The digest that a tag means now, for whoever pins it. */
export async function findDigest(reference: ImageReference, registry: RegistryClient): Promise<string> {
  const name = reference.tag ?? "latest";
  const digest = await registry.findManifest(name);
  if (digest === undefined) throw new Error(`${registry.host} has no '${reference.repository}:${name}'`);
  await resolvePlatform(digest, registry);
  return digest;
}

function withoutDigest({ registry, repository, tag }: ImageReference): ImageReference {
  return { registry, repository, ...(tag === undefined ? {} : { tag }) };
}

async function resolvePlatform(digest: string, registry: RegistryClient): Promise<StoredManifest> {
  const manifest = await registry.readManifest(digest);
  if (!/(?:image\.index|manifest\.list)\./.test(manifest.mediaType)) return manifest;
  const index: unknown = JSON.parse(Buffer.from(manifest.bytes).toString());
  const variants = property(index, "manifests");
  for (const variant of Array.isArray(variants) ? variants : []) {
    const platform = property(variant, "platform");
    const variantDigest = property(variant, "digest");
    if (
      property(platform, "os") === "linux" &&
      property(platform, "architecture") === "amd64" &&
      typeof variantDigest === "string"
    ) {
      return await registry.readManifest(variantDigest);
    }
  }
  throw new Error(`${registry.host} has no linux/amd64 in ${digest} (${indexMediaType})`);
}

async function readSmallBlob(blob: NamedBlob, registry: RegistryClient, cache: BlobCache): Promise<unknown> {
  const { digest } = blob;
  const note = await cache.readNote(`blob ${digest}`);
  if (note !== undefined) return note;
  const chunks: Buffer[] = [];
  for await (const chunk of registry.readBlob(blob) as AsyncIterable<Buffer>) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  await cache.keep(Readable.from([bytes]), digest);
  const value: unknown = JSON.parse(bytes.toString());
  await cache.writeNote(`blob ${digest}`, value);
  return value;
}

interface ManifestParts {
  readonly config: NamedBlob;
  readonly layers: readonly NamedBlob[];
}

function parseManifest({ bytes }: StoredManifest, text: string): ManifestParts {
  const manifest: unknown = JSON.parse(Buffer.from(bytes).toString());
  const config = namedBlob(property(manifest, "config"));
  const layers = property(manifest, "layers");
  if (config === undefined || !Array.isArray(layers)) {
    throw new Error(`the manifest of the base image '${text}' is of a kind that is not known`);
  }
  return {
    config,
    layers: layers.map((layer: unknown) => {
      const blob = namedBlob(layer);
      const mediaType = property(layer, "mediaType");
      if (blob === undefined || !/tar(?:\+|\.)gzip$/.test(String(mediaType))) {
        throw new Error(`a layer of the base image '${text}' is no gzipped archive: ${String(mediaType)}`);
      }
      return blob;
    }),
  };
}

function parseConfig(
  config: unknown,
  text: string,
): { diffIds: readonly string[]; environment: Readonly<Record<string, string>> } {
  const diffIds = property(property(config, "rootfs"), "diff_ids");
  if (property(config, "os") !== "linux" || property(config, "architecture") !== "amd64") {
    throw new Error(`the base image '${text}' is not for linux/amd64`);
  }
  const variables = property(property(config, "config"), "Env");
  return {
    diffIds: Array.isArray(diffIds) ? diffIds.map(String) : [],
    environment: Object.fromEntries(
      (Array.isArray(variables) ? variables.map(String) : []).map((line) => {
        const cut = line.indexOf("=");
        return [line.slice(0, cut), line.slice(cut + 1)];
      }),
    ),
  };
}

function namedBlob(descriptor: unknown): NamedBlob | undefined {
  const [digest, size] = ["digest", "size"].map((key) => property(descriptor, key));
  return typeof digest === "string" && typeof size === "number" ? { digest, size } : undefined;
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)).get(key) : undefined;
}
