import { buffer } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { type BaseImage, findDigest, readBaseImage } from "../../image/base-image.ts";
import { type BlobCache, openBlobCache } from "../../image/blob-cache.ts";
import { buildImage } from "../../image/build.ts";
import { parseImageReference } from "../../image/image-reference.ts";
import { sha256 } from "../../image/oci-image.ts";
import { prepareImage } from "../../image/prepare.ts";
import { pushImage } from "../../image/push.ts";
import { type RegistryClient, openRegistry } from "../../image/registry-client.ts";
import {
  type GoogleRegistry,
  type GoogleRegistryOptions,
  accessToken,
  startGoogleRegistry,
} from "./google-registry.ts";
import { baseArchive, writeBase } from "./sample-base.ts";
import { sampleSources, writeSample } from "./sample-sources.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const running: GoogleRegistry[] = [];
afterEach(async () => {
  for (const registry of running.splice(0)) await registry.stop();
});

const baseRepository = "distroless/cc-debian12";
const pauses: number[] = [];
const retry = {
  attempts: 4,
  firstPauseMilliseconds: 1,
  pause: (milliseconds: number): Promise<void> => {
    pauses.push(milliseconds);
    return Promise.resolve();
  },
};
const account = { username: "oauth2accesstoken", password: accessToken };

interface Opened {
  readonly registry: GoogleRegistry;
  /** With the base's digest. */
  readonly reference: string;
  readonly cache: BlobCache;
  readonly open: (repository: string, isSignedIn: boolean) => RegistryClient;
  readonly readBase: (isSignedIn?: boolean) => Promise<BaseImage>;
}

/** A registry that has the base for two processors, written by the account. */
async function open(options: GoogleRegistryOptions = {}): Promise<Opened> {
  const registry = await startGoogleRegistry(options);
  running.push(registry);
  pauses.length = 0;
  const openClient = (repository: string, isSignedIn: boolean): RegistryClient =>
    openRegistry(
      { registry: registry.host, repository },
      {
        access: isSignedIn ? "pull,push" : "pull",
        credentials: () => Promise.resolve(isSignedIn ? account : undefined),
        chunkBytes: Number.POSITIVE_INFINITY,
        retry,
      },
    );
  const index = await writeBase(openClient(baseRepository, true));
  const reference = `${registry.host}/${baseRepository}:nonroot@${index.digest}`;
  const cache = openBlobCache(await temporaryFolder());
  return {
    registry,
    reference,
    cache,
    open: openClient,
    readBase: (isSignedIn = false) => readBaseImage(reference, openClient(baseRepository, isSignedIn), cache),
  };
}

test("a base that anybody may read is read with a token that nobody signed in for", async () => {
  const {
    registry,
    reference,
    cache,
    readBase,
    open: client,
  } = await open({
    publicRepositories: [baseRepository],
  });
  const before = registry.tokenRequests.length;
  const base = await readBase();
  expect(registry.tokenRequests.slice(before)).toEqual([
    { scopes: [`repository:${baseRepository}:pull`], isSignedIn: false },
  ]);
  expect(base.environment).toEqual({ PATH: "/bin", A: "b=c" });
  await base.layers[0]?.fetch();
  expect(await cache.find(sha256(baseArchive))).toBeDefined();
  expect(registry.storeRequests).toHaveLength(2);
  const { digest, ...tagged } = parseImageReference(reference);
  expect(await findDigest(tagged, client(baseRepository, false))).toBe(digest);
});

test("a base that is not granted to read is refused with what to do", async () => {
  const { readBase } = await open();
  await expect(readBase()).rejects.toThrow(/refused to give a manifest: 401. Sign in with/);
});

test("the account's secret goes to the token service and never to the object store", async () => {
  const { registry, readBase } = await open();
  await (await readBase(true)).layers[0]?.fetch();
  expect(registry.storeRequests).toHaveLength(2);
  expect(registry.storeRequests.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
  const basic = registry.requests.filter(({ headers }) => headers.authorization?.startsWith("Basic"));
  expect(basic.every(({ path }) => path.startsWith("/v2/token?"))).toBe(true);
});

test("where a registry sends readers to a path of its own, the sign-in goes along", async () => {
  const { registry, cache, readBase } = await open({ servesBlobsItself: true });
  await (await readBase(true)).layers[0]?.fetch();
  expect(await cache.find(sha256(baseArchive))).toBeDefined();
  expect(registry.storeRequests).toHaveLength(0);
});

test("a busy object store is left alone as long as it says, a cut one goes on, each by a new address", async () => {
  const { registry, cache, readBase } = await open({
    storeFault: (earlier) =>
      // The first request is for the base's configuration.
      [undefined, { status: 429, headers: { "retry-after": "3" } }, { cutAfterBytes: 10 }, { status: 503 }][
        earlier
      ],
  });
  await (await readBase(true)).layers[0]?.fetch();
  expect(await cache.find(sha256(baseArchive))).toBeDefined();
  expect(pauses[0]).toBe(3000);
  expect(registry.storeRequests.slice(1).map(({ range }) => range)).toEqual([
    undefined,
    undefined,
    "bytes=10-",
    "bytes=10-",
  ]);
  const asked = registry.requests.filter(({ path }) => path.endsWith(`/blobs/${sha256(baseArchive)}`));
  expect(asked.filter(({ method }) => method === "GET")).toHaveLength(4);
});

test("an address that expired is an error, not the layer", async () => {
  const { cache, readBase } = await open({
    storeFault: (earlier) => (earlier === 0 ? undefined : { status: 403 }),
  });
  const base = await readBase(true);
  await expect(base.layers[0]?.fetch()).rejects.toThrow(/refused to give a layer: 403/);
  expect(await cache.find(sha256(baseArchive))).toBeUndefined();
});

async function pushOnto(opened: Opened): Promise<{ bytes: number; own: number; lines: string[] }> {
  const folder = await temporaryFolder();
  await writeSample(folder);
  const prepared = await prepareImage(sampleSources(folder), await temporaryFolder());
  const base = await opened.readBase(true);
  const image = await buildImage(prepared.folder, base, opened.cache);
  const target = { registry: opened.registry.host, repository: "project/repository/app" };
  const lines: string[] = [];
  const { uploadedBytes } = await pushImage(image, opened.open(target.repository, true), {
    target,
    tag: prepared.contentHash,
    cache: opened.cache,
    report: (line) => lines.push(line),
  });
  expect(opened.registry.manifests.has(`${target.repository}/${prepared.contentHash}`)).toBe(true);
  const own = image.layers.slice(base.layers.length).reduce((sum, { size }) => sum + size, 0);
  return { bytes: uploadedBytes, own, lines };
}

test("a base of the same registry is mounted and never fetched, with a token for both repositories", async () => {
  const opened = await open();
  const { bytes, own, lines } = await pushOnto(opened);
  expect(lines[0]).toMatch(/: mounted$/);
  expect(bytes).toBe(own);
  // Only the base's configuration was read.
  expect(opened.registry.storeRequests).toHaveLength(1);
  expect(opened.registry.tokenRequests.at(-1)?.scopes).toEqual([
    "repository:project/repository/app:pull,push",
    `repository:${baseRepository}:pull`,
  ]);
});

test("a token that expires in the middle of a push is renewed, and all of the image arrives", async () => {
  const opened = await open({ usesOfToken: 1, mayMountFrom: () => false });
  const { bytes, own } = await pushOnto(opened);
  expect(bytes).toBe(own + baseArchive.length);
  const { requests, tokenRequests } = opened.registry;
  // Every request but the first of a token's is refused once: layers and manifests too, with all of their bytes.
  for (const method of ["PATCH", "PUT"]) {
    const sent = requests.filter((request) => request.method === method);
    const tokens = sent.map(({ headers }) => headers.authorization);
    expect(new Set(tokens).size).toBeGreaterThan(sent.length / 2);
  }
  expect(tokenRequests.length).toBeGreaterThan(8);
});

function countParts(): number {
  return running.at(-1)?.requests.filter(({ method }) => method === "PATCH").length ?? 0;
}

test("an account whose own token expires in the middle of a push is told so, and no tag is left", async () => {
  let parts = Number.POSITIVE_INFINITY;
  const opened = await open({ mayMountFrom: () => false, hasAccountExpired: () => countParts() > parts });
  // One layer's bytes arrive, the next one's do not.
  parts = countParts() + 1;
  await expect(pushOnto(opened)).rejects.toThrow(/refused to give a token: 401.*GOOGLE_OAUTH_ACCESS_TOKEN/);
  expect([...opened.registry.manifests.keys()].some((name) => name.startsWith("project/"))).toBe(false);
});

test("where the registry does not mount it, the base is fetched and sent whole", async () => {
  const opened = await open({ mayMountFrom: () => false });
  const { bytes, own, lines } = await pushOnto(opened);
  expect(lines[0]).toMatch(/: fetching$/);
  expect(lines[1]).toMatch(/: uploaded$/);
  expect(bytes).toBe(own + baseArchive.length);
  const layer = opened.open("project/repository/app", true).readBlob({
    digest: sha256(baseArchive),
    size: baseArchive.length,
  });
  expect((await buffer(layer)).equals(baseArchive)).toBe(true);
});

test("a base whose bytes are not what its digest says reaches no registry", async () => {
  const opened = await open({ mayMountFrom: () => false });
  const stored = opened.registry.blobs as Map<string, Buffer>;
  const base = await opened.readBase(true);
  stored.set(sha256(baseArchive), Buffer.alloc(baseArchive.length));
  await expect(base.layers[0]?.fetch()).rejects.toThrow("what arrived as sha256:");
  await expect(pushOnto(opened)).rejects.toThrow("what arrived as sha256:");
  expect([...opened.registry.manifests.keys()].some((name) => name.startsWith("project/"))).toBe(false);
});
