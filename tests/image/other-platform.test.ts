import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { openBlobCache } from "../../image/blob-cache.ts";
import { buildImage } from "../../image/build.ts";
import { type LockedPackage, type Lockfile, packagesFor, parseLockfile } from "../../image/lockfile.ts";
import { fetchPackageTarball } from "../../image/package-tarball.ts";
import { prepareImage } from "../../image/prepare.ts";
import { readTarball } from "../../image/tar-reader.ts";
import { program } from "../../app/runtime-contract.ts";
import { nativePackage, nativePart, nativeSample } from "./native-sample.ts";
import { run } from "./programs.ts";
import { repositoryLockfile, writeSample } from "./sample-sources.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const root = join(import.meta.dirname, "../..");
const isLinux = process.platform === "linux" && process.arch === "x64";

test("of the product's native packages the parts for linux/amd64 with glibc ship, and no others", async () => {
  const lockfile = parseLockfile(await repositoryLockfile());
  const names = packagesFor(lockfile, program.nativePackages, { from: "app" }).map(({ name }) => name);
  const platformPart = /darwin|win32|linux|freebsd|wasm|musl|arm|x64|ppc64|s390x|riscv64/;
  expect(names.filter((name) => platformPart.test(name))).toEqual([
    "@duckdb/node-bindings-linux-x64",
    "@img/sharp-libvips-linux-x64",
    "@img/sharp-linux-x64",
  ]);
});

test.runIf(isLinux)(
  "a builder of another platform fetches the image's packages and uses none of its own: the same digest",
  async () => {
    const lockfile = parseLockfile(await repositoryLockfile());
    const here = await temporaryFolder();
    await writeSample(here);
    const cacheFolder = await temporaryFolder();
    const prepared = await prepareImage(nativeSample(here), cacheFolder);
    const cache = openBlobCache(cacheFolder);
    const base = { layers: [], environment: {}, labels: {} };
    const image = await buildImage(prepared.folder, base, cache);
    const [native] = image.layers;
    const blob = await readFile((await cache.find(native?.digest ?? "")) ?? "");
    const files = readTarball(blob);
    const binary = files.find(({ path }) => path === `app/node_modules/${nativePart}/pty.node`);
    expect(gunzipSync(blob).includes("decoy")).toBe(false);
    expect(Buffer.from(binary?.bytes.subarray(0, 4) ?? [])).toEqual(Buffer.from("\x7fELF"));

    const there = await temporaryFolder();
    await writeSample(there, await installedElsewhere(lockfile));
    const registry = await servePackages(packagesFor(lockfile, [nativePackage], { from: "app" }));
    const { stdout } = await run(
      process.execPath,
      [
        join(import.meta.dirname, "other-platform-program.ts"),
        there,
        await temporaryFolder(),
        "darwin",
        "arm64",
      ],
      {
        env: {
          ...process.env,
          npm_config_registry: registry.address,
          npm_config_cache: await temporaryFolder(),
          // The one program that must be the real machine's.
          ESBUILD_BINARY_PATH: join(root, "node_modules/@esbuild/linux-x64/bin/esbuild"),
        },
      },
    );
    expect(JSON.parse(stdout)).toEqual({
      hash: prepared.contentHash,
      digest: image.manifest.digest,
    });
    expect(registry.fetched.toSorted()).toEqual(["@lydell/node-pty", nativePart]);
  },
  60_000,
);

/** As \`npm ci\` leaves a checkout on a Mac: the note of what is installed, and native parts that are no good here. */
async function installedElsewhere(lockfile: Lockfile): Promise<Record<string, string>> {
  const note = JSON.parse(await readFile(join(root, "node_modules/.package-lock.json"), "utf8")) as {
    packages: Record<string, unknown>;
  };
  const isLinuxOnly = (folder: string): boolean => lockfile.packages[folder]?.os?.includes("linux") === true;
  const packages = Object.fromEntries(
    Object.entries(note.packages).filter(([folder]) => !isLinuxOnly(folder)),
  );
  const darwin = "node_modules/@lydell/node-pty-darwin-arm64";
  packages[darwin] = lockfile.packages[darwin];
  return {
    "node_modules/.package-lock.json": JSON.stringify({ ...note, packages }),
    [`${darwin}/pty.node`]: "decoy for darwin",
    [`node_modules/${nativePart}/pty.node`]: "decoy for linux",
    [`node_modules/${nativePackage}/index.js`]: "throw new Error('decoy');",
  };
}

/** A registry of npm's that has these packages and remembers what was fetched. */
async function servePackages(
  packages: readonly LockedPackage[],
): Promise<{ address: string; fetched: string[] }> {
  const fetched: string[] = [];
  const tarballs = new Map<string, Uint8Array>();
  for (const locked of packages) tarballs.set(locked.name, await fetchPackageTarball(locked));
  const server = createServer((request, response) => {
    const [name, isTarball] = decodeURIComponent(request.url ?? "")
      .slice(1)
      .split("?") as [string, string?];
    const locked = packages.find((one) => one.name === name);
    if (locked === undefined) return response.writeHead(404).end("{}");
    if (isTarball !== undefined) {
      fetched.push(name);
      return response.end(tarballs.get(name));
    }
    const { version, integrity } = locked;
    const dist = { tarball: `http://${request.headers.host}/${name}?tarball`, integrity };
    return response.end(
      JSON.stringify({
        name,
        "dist-tags": { latest: version },
        versions: { [version]: { name, version, dist } },
      }),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => void server.close());
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, fetched };
}
