import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { writeContent } from "../../image/content-upload.ts";
import { jsonContent, sha256, storedManifest } from "../../image/oci-image.ts";
import type { RegistryClient, StoredManifest } from "../../image/registry-client.ts";

/** The one layer of each variant. */
export const baseArchive = gzipSync(Buffer.alloc(1024));

export interface BaseVariant {
  readonly architecture?: string;
  readonly layerType?: string;
  readonly ids?: readonly string[];
}

/** Writes a base for one processor, as Docker names its parts. */
export async function writeBaseVariant(
  client: RegistryClient,
  { architecture = "amd64", layerType, ids }: BaseVariant = {},
): Promise<StoredManifest> {
  const config = jsonContent("application/vnd.oci.image.config.v1+json", {
    os: "linux",
    architecture,
    config: { Env: ["PATH=/bin", "A=b=c"] },
    rootfs: { diff_ids: ids ?? ["sha256:uncompressed"] },
  });
  await writeContent(config, client);
  const layer = { digest: sha256(baseArchive), size: baseArchive.length };
  await client.writeBlob({
    ...layer,
    open: (start, end) => Readable.from([baseArchive.subarray(start, end)]),
  });
  const mediaType = "application/vnd.docker.distribution.manifest.v2+json";
  const manifest = storedManifest(mediaType, {
    mediaType,
    config: config.descriptor,
    layers: [{ mediaType: layerType ?? "application/vnd.docker.image.rootfs.diff.tar.gzip", ...layer }],
  });
  await client.writeManifest(manifest.digest, manifest);
  return manifest;
}

/** Tags an index of variants as `nonroot`. */
export async function writeBaseIndex(
  client: RegistryClient,
  variants: Readonly<Record<string, StoredManifest>>,
): Promise<StoredManifest> {
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const index = storedManifest(mediaType, {
    mediaType,
    manifests: Object.entries(variants).map(([architecture, manifest]) => ({
      digest: manifest.digest,
      platform: { os: "linux", architecture },
    })),
  });
  await client.writeManifest("nonroot", index);
  return index;
}

/** A base for two processors. */
export async function writeBase(client: RegistryClient): Promise<StoredManifest> {
  return await writeBaseIndex(client, {
    arm64: await writeBaseVariant(client, { architecture: "arm64" }),
    amd64: await writeBaseVariant(client),
  });
}
