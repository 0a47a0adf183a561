import { expect, test } from "vitest";
import { type Lockfile, packagesFor, parseLockfile } from "../../image/lockfile.ts";

const pinned = { version: "1.0.0", integrity: "sha512-AAAA" };
const lockfile: Lockfile = {
  lockfileVersion: 3,
  packages: {
    "": {},
    app: { dependencies: { native: "1" } },
    "node_modules/native": {
      ...pinned,
      license: "MIT",
      dependencies: { shared: "1" },
      optionalDependencies: { "native-linux": "1", "native-musl": "1", "native-mac": "1", "not-there": "1" },
      peerDependencies: { peer: "1", "peer-optional": "1" },
      peerDependenciesMeta: { "peer-optional": { optional: true } },
    },
    "node_modules/native/node_modules/shared": { ...pinned, version: "2.0.0", dependencies: { deep: "1" } },
    "node_modules/shared": { ...pinned },
    "node_modules/deep": { ...pinned, dependencies: { shared: "1", native: "1" } },
    "app/node_modules/peer": { ...pinned, version: "9.0.0" },
    "node_modules/peer": { ...pinned, name: "@real/peer" },
    "node_modules/native-linux": { ...pinned, os: ["linux"], cpu: "x64", libc: ["glibc"] },
    "node_modules/native-musl": { ...pinned, os: ["linux"], cpu: ["x64"], libc: ["musl"] },
    "node_modules/native-mac": { ...pinned, os: ["darwin"], cpu: ["arm64"] },
    "node_modules/windows-only": { ...pinned, os: ["win32"] },
    "node_modules/not-arm": { ...pinned, cpu: ["!arm64"], os: ["!win32"] },
    "node_modules/linked": { link: true, resolved: "app" },
  },
};

test("a package comes with what it needs on the image's platform, from where Node would find it", () => {
  const folders = packagesFor(lockfile, ["native"], { from: "app" }).map(
    ({ name, version, folder }) => `${folder} ${name} ${version}`,
  );
  expect(folders).toEqual([
    "node_modules/deep deep 1.0.0",
    "node_modules/native native 1.0.0",
    "node_modules/native-linux native-linux 1.0.0",
    "node_modules/native/node_modules/shared shared 2.0.0",
    "node_modules/peer @real/peer 1.0.0",
    "node_modules/shared shared 1.0.0",
  ]);
});

test("a workspace's own packages come before those of the root", () => {
  expect(packagesFor(lockfile, ["peer"], { from: "app" })[0]?.version).toBe("9.0.0");
  expect(packagesFor(lockfile, ["peer"])[0]?.version).toBe("1.0.0");
});

test("a platform may be excluded by name", () => {
  expect(packagesFor(lockfile, ["not-arm"])).toHaveLength(1);
});

test.each([
  ["missing", "'missing', which 'the root' needs, is not in the lockfile: run npm install"],
  [
    "windows-only",
    "'windows-only', which 'the root' needs, is not made for linux, x64, glibc: run npm install",
  ],
  [
    "linked",
    "'node_modules/linked' has no version or integrity in the lockfile: only registry packages ship",
  ],
])("'%s' is refused", (name, message) => {
  expect(() => packagesFor(lockfile, [name])).toThrow(message);
});

test("another kind of lockfile is refused", () => {
  expect(() => parseLockfile(JSON.stringify({ lockfileVersion: 1, dependencies: {} }))).toThrow(
    "lockfileVersion 3",
  );
  expect(parseLockfile(JSON.stringify(lockfile)).packages["app"]).toBeDefined();
});
