import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import type { NamedBlob } from "../../image/blob-download.ts";
import { openBlobCache } from "../../image/blob-cache.ts";
import { sha256 } from "../../image/oci-image.ts";
import { type RegistryClient, openRegistry } from "../../image/registry-client.ts";
import {
  type InMemoryRegistry,
  type InMemoryRegistryOptions,
  startInMemoryRegistry,
} from "./in-memory-registry.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const running: InMemoryRegistry[] = [];
afterEach(async () => {
  for (const registry of running.splice(0)) await registry.stop();
});

const bytes = randomBytes(300_000);
const blob: NamedBlob = { digest: sha256(bytes), size: bytes.length };

/** A registry that has the blob. */
async function open(
  options: InMemoryRegistryOptions = {},
): Promise<{ registry: InMemoryRegistry; client: RegistryClient }> {
  const registry = await startInMemoryRegistry(options);
  running.push(registry);
  const retry = { attempts: 3, firstPauseMilliseconds: 1 };
  const client = openRegistry({ registry: registry.host, repository: "some/where" }, { retry });
  await client.writeBlob({ ...blob, open: (start, end) => Readable.from([bytes.subarray(start, end)]) });
  return { registry, client };
}

const rangesOf = (registry: InMemoryRegistry): (string | undefined)[] =>
  registry.requests.filter(({ method }) => method === "GET").map(({ headers }) => headers.range);

const cutFirst = (...afterBytes: readonly number[]): InMemoryRegistryOptions => ({
  fault: ({ method, earlier }) => {
    const cut = afterBytes[earlier];
    return method === "GET" && cut !== undefined ? { kind: "cut", afterBytes: cut } : undefined;
  },
});

test("a download goes on where its connection was cut", async () => {
  const { registry, client } = await open(cutFirst(100_000, 50_000));
  expect((await buffer(client.readBlob(blob))).equals(bytes)).toBe(true);
  expect(rangesOf(registry)).toEqual([undefined, "bytes=100000-", "bytes=150000-"]);
});

test("where a registry gives no parts, what is there already is passed over", async () => {
  const { registry, client } = await open({ ...cutFirst(100_000), ignoresRanges: true });
  expect((await buffer(client.readBlob(blob))).equals(bytes)).toBe(true);
  expect(rangesOf(registry)).toEqual([undefined, "bytes=100000-"]);
});

test("cuts are counted only while no byte comes", async () => {
  const { client } = await open(cutFirst(1000, 1000, 1000, 1000, 1000, 1000));
  expect((await buffer(client.readBlob(blob))).equals(bytes)).toBe(true);

  const dead = await open(cutFirst(1000, 0, 0, 0));
  const folder = await temporaryFolder();
  const cache = openBlobCache(folder);
  await expect(cache.keep(dead.client.readBlob(blob), blob.digest)).rejects.toThrow("cannot be reached");
  expect(await cache.find(blob.digest)).toBeUndefined();
});

test("a registry that is busy or out of order for a moment is asked again", async () => {
  const { registry, client } = await open({
    fault: ({ method, earlier }) =>
      method === "GET" && earlier < 2 ? { kind: "status", status: earlier === 0 ? 429 : 503 } : undefined,
  });
  expect((await buffer(client.readBlob(blob))).equals(bytes)).toBe(true);
  expect(rangesOf(registry)).toHaveLength(3);
});

test("a blob that is missing is said to be at once", async () => {
  const { registry, client } = await open();
  const missing = { digest: `sha256:${"0".repeat(64)}`, size: 1 };
  await expect(buffer(client.readBlob(missing))).rejects.toThrow("refused to give a layer: 404 BLOB_UNKNOWN");
  expect(rangesOf(registry)).toHaveLength(1);
});

test("more or fewer bytes than the manifest names, and other ones, are not kept", async () => {
  const { client } = await open();
  await expect(buffer(client.readBlob({ ...blob, size: 100 }))).rejects.toThrow(
    "gave more than the 100 bytes",
  );
  await expect(buffer(client.readBlob({ ...blob, size: 300_001 }))).rejects.toThrow(
    /300000 of 300001 bytes|416/,
  );

  const other = await open({
    fault: ({ method }) =>
      method === "GET" ? { kind: "status", status: 200, body: Buffer.alloc(blob.size) } : undefined,
  });
  const cache = openBlobCache(await temporaryFolder());
  await expect(cache.keep(other.client.readBlob(blob), blob.digest)).rejects.toThrow(
    `what arrived as ${blob.digest} has the digest ${sha256(Buffer.alloc(blob.size))}`,
  );
  expect(await cache.find(blob.digest)).toBeUndefined();
});

test("a redirect to plain HTTP elsewhere, or without an end, is refused at once", async () => {
  for (const [location, message] of [
    ["http://storage.example.com/object", "expected https, or http to this machine"],
    ["/v2/some/where/blobs/round", "redirects without an end"],
  ] as const) {
    const { registry, client } = await open({
      fault: ({ method }) =>
        method === "GET" ? { kind: "status", status: 302, headers: { location } } : undefined,
    });
    await expect(buffer(client.readBlob(blob))).rejects.toThrow(message);
    expect(rangesOf(registry).length).toBeLessThanOrEqual(6);
  }
});
