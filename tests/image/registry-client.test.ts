import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { afterEach, expect, test } from "vitest";
import type { Blob } from "../../image/blob-upload.ts";
import { storedManifest } from "../../image/oci-image.ts";
import {
  type RegistryClient,
  type RegistryClientOptions,
  openRegistry,
} from "../../image/registry-client.ts";
import {
  type InMemoryRegistry,
  type InMemoryRegistryOptions,
  startInMemoryRegistry,
} from "./in-memory-registry.ts";

const running: InMemoryRegistry[] = [];
afterEach(async () => {
  for (const registry of running.splice(0)) await registry.stop();
});

const quick = { attempts: 4, firstPauseMilliseconds: 1 };

async function open(
  options: InMemoryRegistryOptions = {},
  clientOptions: RegistryClientOptions = {},
): Promise<{ registry: InMemoryRegistry; client: RegistryClient }> {
  const registry = await startInMemoryRegistry(options);
  running.push(registry);
  const address = { registry: registry.host, repository: "some/where" };
  const client = openRegistry(address, {
    access: "pull,push",
    retry: quick,
    chunkBytes: 100_000,
    ...clientOptions,
  });
  return { registry, client };
}

function blobOf(bytes: Buffer): Blob {
  return {
    digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`,
    size: bytes.length,
    open: (start, end) => Readable.from([bytes.subarray(start, end)]),
  };
}

const bytes = randomBytes(250_000);
const blob = blobOf(bytes);
const manifest = storedManifest("application/vnd.oci.image.manifest.v1+json", {
  mediaType: "application/vnd.oci.image.manifest.v1+json",
});

test("a blob travels in chunks of the size that was asked for", async () => {
  const { registry, client } = await open();
  expect(await client.hasBlob(blob.digest)).toBe(false);
  const progress: number[] = [];
  await client.writeBlob(blob, { onProgress: (sent) => progress.push(sent) });
  expect(await client.hasBlob(blob.digest)).toBe(true);
  expect(registry.blobs.get(blob.digest)?.equals(bytes)).toBe(true);
  const ranges = registry.requests
    .filter(({ method }) => method === "PATCH")
    .map(({ headers }) => headers["content-range"]);
  expect(ranges).toEqual(["0-99999", "100000-199999", "200000-249999"]);
  expect(progress.at(-1)).toBe(250_000);
});

test("Artifact Registry, which takes no parts, gets the blob whole, and again from its start after a cut", async () => {
  const registry = await startInMemoryRegistry({
    takesBlobsWhole: true,
    fault: ({ method, earlier }) =>
      method === "PATCH" && earlier === 0 ? { kind: "cut", afterBytes: 1 << 20 } : undefined,
  });
  running.push(registry);
  const client = openRegistry(
    { registry: "europe-west1-docker.pkg.dev", repository: "some/where" },
    { access: "pull,push", endpoint: `http://${registry.host}`, retry: quick },
  );
  const large = blobOf(randomBytes(20 << 20));
  await client.writeBlob(large);
  expect(registry.requests.map(({ method }) => method)).toEqual(["POST", "PATCH", "POST", "PATCH", "PUT"]);
  expect(registry.blobs.has(large.digest)).toBe(true);
});

test("after a cut connection the upload goes on where the registry has got to", async () => {
  const { registry, client } = await open({
    fault: ({ method, earlier }) =>
      method === "PATCH" && earlier === 1 ? { kind: "cut", afterBytes: 30_000 } : undefined,
  });
  await client.writeBlob(blob);
  expect(registry.blobs.get(blob.digest)?.equals(bytes)).toBe(true);
  const ranges = registry.requests
    .filter(({ method }) => method === "PATCH")
    .map(({ headers }) => headers["content-range"]);
  expect(ranges).toEqual(["0-99999", "100000-199999", "130000-229999", "230000-249999"]);
});

test("where the registry forgot the upload, it begins again", async () => {
  const { registry, client } = await open({
    forgetsUploads: true,
    fault: ({ method, earlier }) =>
      method === "PATCH" && earlier === 1 ? { kind: "cut", afterBytes: 30_000 } : undefined,
  });
  await client.writeBlob(blob);
  expect(registry.blobs.get(blob.digest)?.equals(bytes)).toBe(true);
  expect(registry.requests.filter(({ method }) => method === "POST")).toHaveLength(2);
});

test("a registry that cuts every connection is given up on, with its name", async () => {
  const { registry, client } = await open({
    fault: ({ method }) => (method === "PATCH" ? { kind: "cut", afterBytes: 0 } : undefined),
  });
  await expect(client.writeBlob(blob)).rejects.toThrow(`${registry.host} cannot be reached`);
  expect(registry.blobs.size).toBe(0);
});

test("a fault in the middle of an upload is repeated, and told when it stays", async () => {
  const passing = await open({
    fault: ({ method, earlier }) =>
      method === "PATCH" && earlier === 1 ? { kind: "status", status: 500 } : undefined,
  });
  await passing.client.writeBlob(blob);
  expect(passing.registry.blobs.get(blob.digest)?.equals(bytes)).toBe(true);

  const full = JSON.stringify({ errors: [{ code: "UNKNOWN", message: "no space left on device" }] });
  const lasting = await open({
    fault: ({ method }) => (method === "PATCH" ? { kind: "status", status: 500, body: full } : undefined),
  });
  await expect(lasting.client.writeBlob(blob)).rejects.toThrow(
    "refused to take a part of a layer: 500 UNKNOWN: no space left on device",
  );
  expect(lasting.registry.requests.filter(({ method }) => method === "PATCH")).toHaveLength(quick.attempts);
  expect(lasting.registry.blobs.size).toBe(0);
});

test("a registry that is asked too often is left alone for as long as it says", async () => {
  const pauses: number[] = [];
  const pause = (milliseconds: number): Promise<void> => {
    pauses.push(milliseconds);
    return Promise.resolve();
  };
  const busy = (...wishes: readonly (string | undefined)[]): Parameters<typeof open> => [
    {
      fault: ({ method, earlier }) => {
        const wish = wishes[earlier];
        if (method !== "POST" || earlier >= wishes.length) return undefined;
        return {
          kind: "status",
          status: 429,
          ...(wish !== undefined && { headers: { "retry-after": wish } }),
        };
      },
    },
    { retry: { ...quick, pause } },
  ];
  const { client } = await open(...busy("7", undefined, new Date(Date.now() - 5000).toUTCString()));
  await client.writeBlob(blob);
  expect(pauses).toEqual([7000, 2, 0]);

  const { client: other } = await open(...busy("3600"));
  await expect(other.writeBlob(blob)).rejects.toThrow(/429. Wait 3600 s and repeat the command$/);
  expect(pauses).toHaveLength(3);
});

test("who is not signed in is told how to sign in, at once", async () => {
  const { registry, client } = await open({
    fault: () => ({
      kind: "status",
      status: 401,
      body: JSON.stringify({ errors: [{ code: "UNAUTHORIZED", message: "authentication required" }] }),
    }),
  });
  await expect(client.writeBlob(blob)).rejects.toThrow(
    /401 UNAUTHORIZED: authentication required. Sign in with `gcloud auth application-default login`/,
  );
  expect(registry.requests).toHaveLength(1);
});

test("a registry that says another digest than was sent is not believed", async () => {
  const wrong = { kind: "wrong-digest" } as const;
  const blobs = await open({
    fault: ({ method, path }) => (method === "PUT" && path.includes("/blobs/") ? wrong : undefined),
  });
  await expect(blobs.client.writeBlob(blob)).rejects.toThrow("changes content. Nothing was tagged");
  const manifests = await open({ fault: ({ method }) => (method === "PUT" ? wrong : undefined) });
  await expect(manifests.client.writeManifest("tag", manifest)).rejects.toThrow(
    "answered with the digest sha256:000",
  );
});

test("a manifest that is not what its digest says is refused", async () => {
  const { registry, client } = await open();
  await client.writeManifest("tag", manifest);
  const asked = `sha256:${"1".repeat(64)}`;
  const stored = registry.manifests as Map<string, Buffer>;
  stored.set(`some/where/${asked}`, Buffer.from(manifest.bytes));
  await expect(client.readManifest(asked)).rejects.toThrow(`for ${asked}: do not trust it`);
  expect((await client.readManifest("tag")).digest).toBe(manifest.digest);
  expect(await client.findManifest("tag")).toBe(manifest.digest);
  expect(await client.findManifest("other")).toBeUndefined();
});

test("a blob that another repository has is mounted, and where none has it no upload is left open", async () => {
  const { registry, client } = await open();
  expect(await client.mountBlob(blob.digest, "base/image")).toBe(false);
  expect(registry.requests.map(({ method }) => method)).toEqual(["POST", "DELETE"]);
  const base = openRegistry({ registry: registry.host, repository: "base/image" }, { retry: quick });
  await base.writeBlob(blob);
  expect(await client.hasBlob(blob.digest)).toBe(false);
  const before = registry.requests.length;
  expect(await client.mountBlob(blob.digest, "base/image")).toBe(true);
  expect(registry.requests.slice(before).map(({ method, path }) => `${method} ${path}`)).toEqual([
    `POST /v2/some/where/blobs/uploads/?mount=${blob.digest}&from=base%2Fimage`,
  ]);
  expect(await client.hasBlob(blob.digest)).toBe(true);
});

test.each([400, 401, 403, 405])(
  "a registry that answers a mount with %i is sent the blob",
  async (status) => {
    const { client } = await open({
      fault: ({ path }) => (path.includes("mount=") ? { kind: "status", status } : undefined),
    });
    expect(await client.mountBlob(blob.digest, "base/image")).toBe(false);
  },
);

test("an empty blob and one of a single byte travel too", async () => {
  const { registry, client } = await open();
  for (const size of [0, 1]) {
    const small = blobOf(Buffer.alloc(size));
    await client.writeBlob(small);
    expect(registry.blobs.get(small.digest)?.length).toBe(size);
  }
});

test("what is no registry is said to be none", async () => {
  const { client } = await open({ fault: () => ({ kind: "status", status: 202 }) });
  await expect(client.writeBlob(blob)).rejects.toThrow(
    "did not say where to send to: is it an OCI registry?",
  );
});

test("an endpoint elsewhere than on this machine is refused", () => {
  const address = { registry: "europe-west1-docker.pkg.dev", repository: "a/b" };
  for (const endpoint of ["http://registry.example.com", "https://10.0.0.1:5000", "127.0.0.1:5000"]) {
    expect(() => openRegistry(address, { endpoint })).toThrow(`got '${endpoint}'`);
  }
});
