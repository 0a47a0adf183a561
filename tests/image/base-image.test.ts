import { afterEach, expect, test } from "vitest";
import { findDigest, readBaseImage } from "../../image/base-image.ts";
import { openBlobCache } from "../../image/blob-cache.ts";
import { parseImageReference } from "../../image/image-reference.ts";
import { sha256 } from "../../image/oci-image.ts";
import { type RegistryClient, openRegistry } from "../../image/registry-client.ts";
import { type InMemoryRegistry, startInMemoryRegistry } from "./in-memory-registry.ts";
import { baseArchive, writeBase, writeBaseIndex, writeBaseVariant } from "./sample-base.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const running: InMemoryRegistry[] = [];
afterEach(async () => {
  for (const registry of running.splice(0)) await registry.stop();
});

async function open(): Promise<{ registry: InMemoryRegistry; client: RegistryClient }> {
  const registry = await startInMemoryRegistry();
  running.push(registry);
  const client = openRegistry(
    { registry: registry.host, repository: "distroless/cc" },
    { retry: { attempts: 1, firstPauseMilliseconds: 1 } },
  );
  return { registry, client };
}

test("the variant for linux/amd64 is taken from an index, with its variables and layers", async () => {
  const { registry, client } = await open();
  const index = await writeBase(client);
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
    digest: sha256(baseArchive),
    size: baseArchive.length,
    diffId: "sha256:uncompressed",
    mountFrom: `${registry.host}/distroless/cc`,
  });
  expect(await cache.find(sha256(baseArchive))).toBeUndefined();
  await layer?.fetch();
  expect(await cache.find(sha256(baseArchive))).toBeDefined();
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
  const arm = await writeBaseVariant(client, { architecture: "arm64" });
  await expect(read((await writeBaseIndex(client, { arm64: arm })).digest)).rejects.toThrow(
    "has no linux/amd64",
  );
  await expect(read(arm.digest)).rejects.toThrow("is not for linux/amd64");
  const zstd = await writeBaseVariant(client, { layerType: "application/vnd.oci.image.layer.v1.tar+zstd" });
  await expect(read(zstd.digest)).rejects.toThrow("is no gzipped archive");
  const odd = await writeBaseVariant(client, { ids: [] });
  await expect(read(odd.digest)).rejects.toThrow("has 1 layers and 0 ids");
});

test("a tag that the registry lacks is named", async () => {
  const { registry, client } = await open();
  const reference = parseImageReference(`${registry.host}/distroless/cc:nonroot`);
  await expect(findDigest(reference, client)).rejects.toThrow("has no 'distroless/cc:nonroot'");
});
