import { readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { openBlobCache } from "../../image/blob-cache.ts";
import { type LayerSource, makeLayer } from "../../image/layer.ts";
import { sha256 } from "../../image/oci-image.ts";
import { needPrograms, run } from "./programs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

function source(asked: string[] = []): LayerSource {
  return {
    title: "some files",
    key: "some files",
    entries: () => {
      asked.push("entries");
      return Promise.resolve([
        { kind: "file", path: "b", isExecutable: true, bytes: Buffer.from("bb") },
        { kind: "file", path: "a/a", isExecutable: false, bytes: Buffer.alloc(3_000_000, "a") },
      ]);
    },
  };
}

test("a layer is named by its bytes, compressed and not", async () => {
  const folder = await temporaryFolder();
  const cache = openBlobCache(folder);
  const layer = await makeLayer(source(), cache);
  const compressed = await readFile((await cache.find(layer.digest)) ?? "");
  expect(layer).toEqual({
    mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
    digest: sha256(compressed),
    size: compressed.length,
    diffId: sha256(gunzipSync(compressed)),
  });
  // Neither a time nor a system stands in the header.
  expect([...compressed.subarray(4, 8), compressed[9]]).toEqual([0, 0, 0, 0, 255]);
});

test("a layer that was made is not made again, unless its blob is gone", async () => {
  const cache = openBlobCache(await temporaryFolder());
  const asked: string[] = [];
  const first = await makeLayer(source(asked), cache);
  expect(await makeLayer(source(asked), cache)).toEqual(first);
  expect(asked).toHaveLength(1);
  await cache.drop(first.digest);
  expect(await makeLayer(source(asked), cache)).toEqual(first);
  expect(asked).toHaveLength(2);
});

test("a source that fails half-way leaves nothing behind", async () => {
  const folder = await temporaryFolder();
  const broken: LayerSource = { ...source(), entries: () => Promise.reject(new Error("no such package")) };
  await expect(makeLayer(broken, openBlobCache(folder))).rejects.toThrow("no such package");
  const colliding: LayerSource = {
    ...source(),
    entries: () =>
      Promise.resolve([{ kind: "file", path: "../a", isExecutable: false, bytes: Buffer.alloc(9) }]),
  };
  await expect(makeLayer(colliding, openBlobCache(folder))).rejects.toThrow("relative and plain");
  expect(await readdir(join(folder, "blobs")).catch(() => [])).toEqual([]);
});

test("a blob that is not what it should be is not kept", async () => {
  const folder = await temporaryFolder();
  const cache = openBlobCache(folder);
  const { Readable } = await import("node:stream");
  await expect(cache.keep(Readable.from([Buffer.from("x")]), `sha256:${"0".repeat(64)}`)).rejects.toThrow(
    "what arrived as sha256:000",
  );
  expect(await readdir(join(folder, "blobs"))).toEqual([]);
});

test("what nobody used for long is removed from the cache", async () => {
  const folder = await temporaryFolder();
  const cache = openBlobCache(folder);
  const layer = await makeLayer(source(), cache);
  await cache.prune();
  expect(await cache.find(layer.digest)).toBeDefined();
  await run("touch", ["-d", "40 days ago", join(folder, "blobs", layer.digest.slice(7))]);
  await cache.prune();
  expect(await cache.find(layer.digest)).toBeUndefined();
  await rm(folder, { recursive: true });
  await cache.prune();
});

test("a full disk is named, with the way out, and leaves nothing behind", async (context) => {
  needPrograms(context, ["bwrap"]);
  const root = join(import.meta.dirname, "../..");
  const script = `
    import { readdirSync } from "node:fs";
    import { openBlobCache } from ${JSON.stringify(join(root, "image/blob-cache.ts"))};
    import { makeLayer } from ${JSON.stringify(join(root, "image/layer.ts"))};
    import { randomBytes } from "node:crypto";
    const entries = async () => [{ kind: "file", path: "a", isExecutable: false, bytes: randomBytes(4_000_000) }];
    await makeLayer({ title: "t", key: "k", entries }, openBlobCache("/mnt")).catch((error) => console.log(error.message));
    console.log(JSON.stringify(readdirSync("/mnt/blobs")));`;
  const { stdout } = await run("bwrap", [
    ..."--ro-bind / / --dev /dev --size 1000000 --tmpfs /mnt --die-with-parent".split(" "),
    process.execPath,
    "--input-type=module-typescript",
    "-e",
    script,
  ]);
  expect(stdout).toBe(
    "no space is left for '/mnt': free some, or name another folder by IMGSTREAM_CACHE\n[]\n",
  );
});
