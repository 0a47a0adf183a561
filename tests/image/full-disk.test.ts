import { join } from "node:path";
import { expect, test } from "vitest";
import { openBlobCache } from "../../image/blob-cache.ts";
import { pushImage } from "../../image/push.ts";
import { openRegistry } from "../../image/registry-client.ts";
import { startDebianRegistry } from "./debian-registry.ts";
import { needPrograms, run } from "./programs.ts";
import { randomImage } from "./random-image.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const megabyte = 1 << 20;
const keepProgram = join(import.meta.dirname, "full-disk-program.ts");

/** The words that start a program for which `folder` is a disk of that size. */
function onSmallDisk(folder: string, bytes: number): string[] {
  return ["bwrap", "--dev-bind", "/", "/", "--size", String(bytes), "--tmpfs", folder, "--die-with-parent"];
}

test("a full disk of the builder is told with the way out, and leaves nothing half-written", async (context) => {
  needPrograms(context, ["bwrap"]);
  const folder = await temporaryFolder();
  const [bwrap = "", ...words] = onSmallDisk(folder, 3 * megabyte);
  const keep = async (megabytes: number): Promise<{ outcome: string; left: string[] }> => {
    const { stdout } = await run(bwrap, [...words, process.execPath, keepProgram, folder, String(megabytes)]);
    return JSON.parse(stdout) as { outcome: string; left: string[] };
  };
  expect(await keep(4)).toEqual({
    outcome: `Error: no space is left for '${folder}': free some, or name another folder by IMGSTREAM_CACHE`,
    left: [],
  });
  expect((await keep(2)).left).toHaveLength(1);
});

test("a disk that may only be read is told with the way out", async (context) => {
  needPrograms(context, ["bwrap"]);
  const folder = await temporaryFolder();
  const words = ["--dev-bind", "/", "/", "--ro-bind", folder, folder, "--die-with-parent", process.execPath];
  const { stdout } = await run("bwrap", [...words, keepProgram, folder, "1"]);
  expect(JSON.parse(stdout)).toEqual({
    outcome: `Error: '${folder}' cannot be written: change its owner, or name another folder by IMGSTREAM_CACHE`,
    left: [],
  });
});

test("a full disk of the registry is told in its words, and no tag is left", async (context) => {
  needPrograms(context, ["bwrap", "docker-registry"]);
  const storage = await temporaryFolder();
  const host = await startDebianRegistry({ storage, through: onSmallDisk(storage, 4 * megabyte) });
  const cache = openBlobCache(await temporaryFolder());
  const target = { registry: host, repository: "project/repository/app" };
  const registry = openRegistry(target, {
    access: "pull,push",
    retry: { attempts: 2, firstPauseMilliseconds: 1 },
  });

  const small = await randomImage(cache, megabyte);
  await pushImage(small, registry, { target, tag: "small", cache });
  const large = await randomImage(cache, 8 * megabyte);
  await expect(pushImage(large, registry, { target, tag: "large", cache })).rejects.toThrow(
    // 28 is what Linux calls "no space left on device".
    /refused to .*: 500 UNKNOWN: unknown error: .*(?:no space left on device|"Err":28).*see its log and its disk$/,
  );
  expect(await registry.findManifest("large")).toBeUndefined();
  expect(await registry.findManifest(large.manifest.digest)).toBeUndefined();
  // What was there before still is.
  expect(await registry.findManifest("small")).toBe(small.manifest.digest);
});
