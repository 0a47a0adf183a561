import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { findDigest, readBaseImage } from "../../image/base-image.ts";
import { openBlobCache } from "../../image/blob-cache.ts";
import { writeContent } from "../../image/content-upload.ts";
import { parseImageReference } from "../../image/image-reference.ts";
import { jsonContent, sha256, storedManifest } from "../../image/oci-image.ts";
import { type RegistryClient, type StoredManifest, openRegistry } from "../../image/registry-client.ts";
import { type InMemoryRegistry, startInMemoryRegistry } from "./in-memory-registry.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const running: InMemoryRegistry[] = [];
afterEach(async () => {
  for (const registry of running.splice(0)) await registry.stop();
});

const archive = gzipSync(Buffer.alloc(1024));

interface Variant {
  readonly architecture?: string;
  readonly layerType?: string;
  readonly ids?: readonly string[];
}

async function open(): Promise<{ registry: InMemoryRegistry; client: RegistryClient }> {
  const registry = await startInMemoryRegistry();
  running.push(registry);
  const client = openRegistry(
    { registry: registry.host, repository: "distroless/cc" },
    { retry: { attempts: 1, firstPauseMilliseconds: 1 } },
  );
  return { registry, client };
}

async function writeVariant(
  client: RegistryClient,
  { architecture = "amd64", layerType, ids }: Variant = {},
): Promise<StoredManifest> {
  const config = jsonContent("application/vnd.oci.image.config.v1+json", {
    os: "linux",
    architecture,
    config: { Env: ["PATH=/bin", "A=b=c"] },
    rootfs: { diff_ids: ids ?? ["sha256:uncompressed"] },
  });
  await writeContent(config, client);
  const layer = { digest: sha256(archive), size: archive.length };
  await client.writeBlob({ ...layer, open: (start, end) => Readable.from([archive.subarray(start, end)]) });
  const mediaType = "application/vnd.docker.distribution.manifest.v2+json";
  const manifest = storedManifest(mediaType, {
    mediaType,
    config: config.descriptor,
    layers: [{ mediaType: layerType ?? "application/vnd.docker.image.rootfs.diff.tar.gzip", ...layer }],
  });
  await client.writeManifest(manifest.digest, manifest);
  return manifest;
}

async function writeIndex(
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

test("the variant for linux/amd64 is taken from an index, with its variables and layers", async () => {
  const { registry, client } = await open();
  const index = await writeIndex(client, {
    arm64: await writeVariant(client, { architecture: "arm64" }),
    amd64: await writeVariant(client),
  });
  const cache = openBlobCache(await temporaryFolder());
  const reference = `${registry.host}/distroless/cc:nonroot`;
  expect(await findDigest(parseImageReference(reference), client)).toBe(index.digest);
  const base = await readBaseImage(`${reference}@${index.digest}`, client, cache);
  expect(base.environment).toEqual({ PATH: "/bin", A: "b=c" });
  expect(base.labels).toEqual({
    "org.opencontainers.image.base.name": reference,
    "org.opencontainers.image.base.digest": index.digest,
  });
  const [layer] = base.layers;
  expect(layer).toMatchObject({
    mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
    digest: sha256(archive),
    size: archive.length,
    diffId: "sha256:uncompressed",
    mountFrom: `${registry.host}/distroless/cc`,
  });
  expect(await cache.find(sha256(archive))).toBeUndefined();
  await layer?.fetch();
  expect(await cache.find(sha256(archive))).toBeDefined();
});

test("a base without a digest is refused, with the command that writes it", async () => {
  const { registry, client } = await open();
  const cache = openBlobCache(await temporaryFolder());
  await expect(readBaseImage(`${registry.host}/distroless/cc:nonroot`, client, cache)).rejects.toThrow(
    "names no digest: run `npm run image:pin`",
  );
});

test("a base for another processor, of another kind of layer, or in itself at odds is refused", async () => {
  const { registry, client } = await open();
  const cache = openBlobCache(await temporaryFolder());
  const read = (digest: string) => readBaseImage(`${registry.host}/distroless/cc@${digest}`, client, cache);
  const arm = await writeVariant(client, { architecture: "arm64" });
  await expect(read((await writeIndex(client, { arm64: arm })).digest)).rejects.toThrow("has no linux/amd64");
  await expect(read(arm.digest)).rejects.toThrow("is not for linux/amd64");
  const zstd = await writeVariant(client, { layerType: "application/vnd.oci.image.layer.v1.tar+zstd" });
  await expect(read(zstd.digest)).rejects.toThrow("is no gzipped archive");
  const odd = await writeVariant(client, { ids: [] });
  await expect(read(odd.digest)).rejects.toThrow("has 1 layers and 0 ids");
});

test("a tag that the registry lacks is named", async () => {
  const { registry, client } = await open();
  const reference = parseImageReference(`${registry.host}/distroless/cc:nonroot`);
  await expect(findDigest(reference, client)).rejects.toThrow("has no 'distroless/cc:nonroot'");
});
