import { expect, test } from "vitest";
import type { Attachment } from "../../image/attachments.ts";
import { type BuiltImage, buildImage } from "../../image/build.ts";
import { type BlobCache, openBlobCache } from "../../image/blob-cache.ts";
import { prepareImage } from "../../image/prepare.ts";
import { pushImage } from "../../image/push.ts";
import { billOfMaterials } from "../../image/bill-of-materials.ts";
import { provenance } from "../../image/provenance.ts";
import { openRegistry } from "../../image/registry-client.ts";
import { type Fault, type InMemoryRegistryOptions, startInMemoryRegistry } from "./in-memory-registry.ts";
import { sampleSources, writeSample } from "./sample-sources.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const noBase = {
  layers: [],
  environment: { SSL_CERT_FILE: "/certificates" },
  labels: { "org.opencontainers.image.base.name": "none" },
};
const quick = { attempts: 2, firstPauseMilliseconds: 1 };

interface Built {
  readonly image: BuiltImage;
  readonly cache: BlobCache;
  readonly attachments: readonly Attachment[];
}

async function build(changes: Readonly<Record<string, string>> = {}, cacheFolder?: string): Promise<Built> {
  const [folder, cached] = [await temporaryFolder(), cacheFolder ?? (await temporaryFolder())];
  await writeSample(folder, changes);
  const prepared = await prepareImage(sampleSources(folder), cached);
  const cache = openBlobCache(cached);
  const image = await buildImage(prepared.folder, noBase, cache);
  return {
    image,
    cache,
    attachments: [billOfMaterials(prepared.recipe), provenance(prepared.recipe, image, "r/sample")],
  };
}

async function push(built: Built, options: InMemoryRegistryOptions = {}) {
  const registry = await startInMemoryRegistry(options);
  const target = { registry: registry.host, repository: "p/sample" };
  const client = openRegistry(target, { access: "pull,push", retry: quick });
  const again = (other: Built = built) =>
    pushImage(other.image, client, {
      target,
      tag: other.image.recipe.contentHash,
      cache: other.cache,
      attachments: other.attachments,
    });
  return { registry, again, outcome: await again().catch((error: unknown) => error) };
}

test("configuration and manifest say what is in the image and how it starts", async () => {
  const { image } = await build();
  const config = JSON.parse(Buffer.from(image.config.bytes).toString()) as Record<string, unknown>;
  expect(config).toMatchObject({
    created: "1970-01-01T00:00:00Z",
    architecture: "amd64",
    os: "linux",
    config: {
      User: "65532:65532",
      ExposedPorts: { "8080/tcp": {} },
      Env: ["SSL_CERT_FILE=/certificates", "NODE_ENV=production"],
      Entrypoint: ["/nodejs/bin/node", "/app/main.mjs"],
      Cmd: ["web"],
      WorkingDir: "/app",
      Labels: {
        "org.opencontainers.image.title": "sample",
        "org.opencontainers.image.licenses": "Apache-2.0",
        "org.opencontainers.image.version": image.recipe.contentHash,
        "org.opencontainers.image.base.name": "none",
      },
    },
    rootfs: { type: "layers", diff_ids: image.layers.map(({ diffId }) => diffId) },
  });
  const manifest = JSON.parse(Buffer.from(image.manifest.bytes).toString()) as {
    layers: { digest: string }[];
  };
  expect(manifest.layers.map(({ digest }) => digest)).toEqual(image.layers.map(({ digest }) => digest));
});

test("the tag comes last, after everything that it leads to", async () => {
  const built = await build();
  const { registry, outcome } = await push(built);
  expect(outcome).toEqual({
    digest: built.image.manifest.digest,
    uploadedBytes: built.image.layers.reduce((sum, { size }) => sum + size, 0),
  });
  const writes = registry.requests
    .filter(({ method }) => method === "PUT")
    .map(({ path }) => path.replace(/\?.*/, ""));
  expect(writes.at(-1)).toBe(`/v2/p/sample/manifests/${built.image.recipe.contentHash}`);
  expect(writes.filter((path) => path === writes.at(-1))).toHaveLength(1);
  await registry.stop();
});

test("a changed file sends the program's layer and no other", async () => {
  const cacheFolder = await temporaryFolder();
  const { registry, again } = await push(await build({}, cacheFolder));
  const changed = await build({ "app/serve.ts": "export function serve(): void {}" }, cacheFolder);
  const { uploadedBytes } = await again(changed);
  expect(uploadedBytes).toBe(changed.image.layers.at(-1)?.size);
  expect(changed.image.layers.length).toBeGreaterThan(1);
  await registry.stop();
});

test("bill of materials and provenance are attached, by one index where referrers are not kept", async () => {
  const built = await build();
  const { image } = built;
  const { registry } = await push(built);
  const fallback = registry.manifests.get(`p/sample/${image.manifest.digest.replace(":", "-")}`);
  const index = JSON.parse(String(fallback)) as { manifests: { digest: string; artifactType: string }[] };
  expect(index.manifests.map(({ artifactType }) => artifactType)).toEqual([
    "application/spdx+json",
    "application/vnd.in-toto+json",
  ]);
  for (const { digest } of index.manifests) {
    const manifest = JSON.parse(String(registry.manifests.get(`p/sample/${digest}`))) as {
      subject: { digest: string };
      layers: { digest: string }[];
    };
    expect(manifest.subject.digest).toBe(image.manifest.digest);
    expect(registry.blobs.has(manifest.layers[0]?.digest ?? "")).toBe(true);
  }
  await registry.stop();

  const keeping = await push(built, { keepsReferrers: true });
  expect([...keeping.registry.manifests.keys()].some((name) => name.includes("/sha256-"))).toBe(false);
  // A tag protects them from a clean-up of what has none.
  for (const name of ["spdx", "provenance"]) {
    expect(keeping.registry.manifests.has(`p/sample/${image.recipe.contentHash}.${name}`)).toBe(true);
  }
  await keeping.registry.stop();
});

const faults: Record<string, [(method: string, path: string) => Fault, RegExp]> = {
  "not signed in": [
    () => ({ kind: "status", status: 401 }),
    /refused to look for a layer: 401. Sign in with/,
  ],
  "not allowed": [
    (method) => (method === "POST" ? { kind: "status", status: 403 } : undefined),
    /refused to open an upload: 403. The account that deploys needs roles\/artifactregistry.writer/,
  ],
  "a full disk of the registry": [
    (method) =>
      method === "PATCH" ? { kind: "status", status: 500, body: "no space left on device" } : undefined,
    /refused to take a part of a layer: 500 no space left on device/,
  ],
  "connections that are always cut": [
    (method) => (method === "PATCH" ? { kind: "cut", afterBytes: 10 } : undefined),
    /cannot be reached/,
  ],
  "a wrong digest for a layer": [
    (method, path) => (method === "PUT" && path.includes("/blobs/") ? { kind: "wrong-digest" } : undefined),
    /changes content. Nothing was tagged/,
  ],
  "a wrong digest for the manifest": [
    (method, path) =>
      method === "PUT" && path.includes("/manifests/sha256:") ? { kind: "wrong-digest" } : undefined,
    /changes content. Nothing was tagged/,
  ],
  "a refused manifest": [
    (method, path) =>
      method === "PUT" && path.includes("/manifests/sha256:") ? { kind: "status", status: 400 } : undefined,
    /refused to take a manifest: 400/,
  ],
  "a refused attachment": [
    (method, path) =>
      method === "PUT" && path.endsWith(".spdx") ? { kind: "status", status: 400 } : undefined,
    /refused to take a manifest: 400/,
  ],
};

test.each(Object.entries(faults))(
  "%s is a clear error and leaves no tag",
  async (_name, [fault, message]) => {
    const built = await build();
    const { registry, outcome } = await push(built, { fault: ({ method, path }) => fault(method, path) });
    expect(String(outcome)).toMatch(message);
    expect(registry.manifests.has(`p/sample/${built.image.recipe.contentHash}`)).toBe(false);
    await registry.stop();
  },
);

test("what broke off is finished by repeating it, tags that cannot be moved included", async () => {
  let isBroken = true;
  const built = await build();
  const { registry, outcome, again } = await push(built, {
    hasImmutableTags: true,
    fault: ({ method, path }) =>
      isBroken && method === "PUT" && path.endsWith(built.image.recipe.contentHash)
        ? { kind: "status", status: 503 }
        : undefined,
  });
  expect(String(outcome)).toMatch("503");
  isBroken = false;
  expect(await again()).toEqual({ digest: built.image.manifest.digest, uploadedBytes: 0 });
  // Somebody else pushed the same tag meanwhile: theirs stands.
  expect((await again()).digest).toBe(built.image.manifest.digest);
  await registry.stop();
});
