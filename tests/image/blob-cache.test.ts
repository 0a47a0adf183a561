import { mkdir, readdir, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { defaultCacheFolder, openBlobCache, readBlob } from "../../image/blob-cache.ts";
import { sha256 } from "../../image/oci-image.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const bytes = Buffer.from("0123456789");

test("a blob is found by its digest, and read in any part", async () => {
  const cache = openBlobCache(await temporaryFolder());
  expect(await cache.find(sha256(bytes))).toBeUndefined();
  expect(await cache.keep(Readable.from([bytes]))).toEqual({ digest: sha256(bytes), size: 10 });
  const file = (await cache.find(sha256(bytes))) ?? "";
  expect(await text(readBlob(file, 2, 5))).toBe("234");
  await cache.drop(sha256(bytes));
  expect(await cache.find(sha256(bytes))).toBeUndefined();
});

test("what breaks off, or is not what was expected, leaves nothing behind", async () => {
  const folder = await temporaryFolder();
  const cache = openBlobCache(folder);
  const broken = new Readable({
    read() {
      this.push(bytes);
      this.destroy(new Error("cut"));
    },
  });
  await expect(cache.keep(broken)).rejects.toThrow("cut");
  await expect(cache.keep(Readable.from([bytes]), sha256(Buffer.alloc(1)))).rejects.toThrow(
    `what arrived as ${sha256(Buffer.alloc(1))} has the digest ${sha256(bytes)}: repeat the command`,
  );
  expect(await readdir(join(folder, "blobs"))).toEqual([]);
});

test("what nobody used for a month is removed: blobs, notes, recipes and programs", async () => {
  const folder = await temporaryFolder();
  const cache = openBlobCache(folder);
  await cache.keep(Readable.from([bytes]));
  await cache.writeNote("key", { a: 1 });
  for (const part of ["recipes", "programs"]) {
    await mkdir(join(folder, part, "old/app"), { recursive: true });
    await writeFile(join(folder, part, "old/app/file"), "");
    await mkdir(join(folder, part, "new"));
  }
  const longAgo = new Date(Date.now() - 31 * 86_400_000);
  const old = ["recipes/old", "programs/old"];
  for (const place of old) await utimes(join(folder, place), longAgo, longAgo);
  await cache.prune();
  expect(await readdir(join(folder, "recipes"))).toEqual(["new"]);
  expect(await readdir(join(folder, "programs"))).toEqual(["new"]);
  expect(await cache.readNote("key")).toEqual({ a: 1 });

  const file = (await cache.find(sha256(bytes))) ?? "";
  await utimes(file, longAgo, longAgo);
  // To ask for it is to use it.
  await cache.find(sha256(bytes));
  expect((await stat(file)).mtimeMs).toBeGreaterThan(longAgo.getTime());
  await cache.prune(-1);
  expect(await cache.find(sha256(bytes))).toBeUndefined();
  expect(await cache.readNote("key")).toBeUndefined();
});

test("a note that was cut off counts as none", async () => {
  const folder = await temporaryFolder();
  const cache = openBlobCache(folder);
  await cache.writeNote("key", [1]);
  const [name = ""] = await readdir(join(folder, "notes"));
  await writeFile(join(folder, "notes", name), "[1");
  expect(await cache.readNote("key")).toBeUndefined();
});

test("the cache is where a person's caches are, or where they say", () => {
  expect(defaultCacheFolder({ IMGSTREAM_CACHE: "/here", XDG_CACHE_HOME: "/there" })).toBe("/here");
  expect(defaultCacheFolder({ XDG_CACHE_HOME: "/there" })).toBe("/there/imgstream");
  expect(defaultCacheFolder({})).toMatch(/\.cache\/imgstream$/);
});
