import { readFile, readdir, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { prepareImage } from "../../image/prepare.ts";
import { readRecipe } from "../../image/recipe.ts";
import { run } from "./programs.ts";
import { repositoryLockfile, sampleSources, writeSample } from "./sample-sources.ts";
import { temporaryFolder } from "./temporary-folder.ts";

async function hashOf(
  changes: Readonly<Record<string, string>> = {},
  options: Parameters<typeof sampleSources>[1] = {},
): Promise<string> {
  const folder = await temporaryFolder();
  await writeSample(folder, changes);
  return (await prepareImage(sampleSources(folder, options), await temporaryFolder())).contentHash;
}

test("the folder holds the bundled program, its page and the recipe", async () => {
  const folder = await temporaryFolder();
  await writeSample(folder);
  const prepared = await prepareImage(sampleSources(folder), await temporaryFolder());
  const files = await readdir(prepared.folder, { recursive: true });
  expect(files.filter((path) => !/^(chunk|dist|src|multipart)[\w-]+\.mjs/.test(path)).toSorted()).toEqual([
    "app",
    "app/main.mjs",
    "app/web",
    "app/web/assets",
    expect.stringMatching(/^app\/web\/assets\/page-[A-Z0-9]{8}\.js$/),
    "app/web/index.html",
    "push-program.mjs",
    "recipe.json",
  ]);
  expect(await readRecipe(prepared.folder)).toEqual(prepared.recipe);
  expect(prepared.recipe.packages.map(({ name }) => name)).toContain("fastify");
  expect(prepared.recipe.nativePackages.map(({ name }) => name)).toEqual(["thumbhash"]);
  expect(prepared.recipe.program.entrypoint).toEqual(["/nodejs/bin/node", "/app/main.mjs"]);
});

test("equal contents have one name, whatever the folder and the files' times", async () => {
  const first = await temporaryFolder();
  await writeSample(first);
  const before = await prepareImage(sampleSources(first), await temporaryFolder());
  await utimes(join(first, "app/main.ts"), 1, 1);
  const after = await prepareImage(sampleSources(first), await temporaryFolder());
  expect(after.contentHash).toBe(before.contentHash);
  expect(await hashOf()).toBe(before.contentHash);
});

/** Requires a package in the middle of a function. */
const late = {
  "app/main.ts": `import "./old.cjs";`,
  "app/old.cjs": `exports.late = () => require("late");`,
  "node_modules/late/index.js": "",
};

/** Requires one at the top of a file. */
const atTheTop = {
  "app/main.ts": `import "host";`,
  "node_modules/host/index.js": `const late = require("late");\nexports.use = () => late.use();`,
  "node_modules/host/package.json": `{ "name": "host" }`,
  "node_modules/late/index.js": "",
};

test("everything that goes in changes the name, and nothing else does", async () => {
  const names = await Promise.all([
    hashOf(),
    hashOf({ "app/serve.ts": "export function serve(): void {}" }),
    hashOf({ "app/web/index.html": `<script type="module" src="./page.ts"></script>` }),
    hashOf({ "app/new-file.ts": "export {};" }),
    hashOf({ "tsconfig.json": "{}" }),
    hashOf({}, { nativePackages: ["thumbhash", "exifr"] }),
    hashOf(late),
    hashOf(late, { lazyPackages: ["late"] }),
    hashOf(atTheTop),
    hashOf(atTheTop, {
      lateRequires: [{ module: "late", by: ["host/index.js"], because: "it is not used" }],
    }),
    hashOf({}, { base: { reference: "registry.example/base:2", digest: null, node: "/nodejs/bin/node" } }),
    hashOf(
      {},
      { base: { reference: "registry.example/base:1", digest: "sha256:1", node: "/nodejs/bin/node" } },
    ),
    hashOf({}, { base: { reference: "registry.example/base:1", digest: null, node: "lockfile" } }),
    hashOf({}, { command: ["worker"] }),
    hashOf({}, { environment: {} }),
    hashOf({
      "package-lock.json": (await repositoryLockfile()).replace(
        /("node_modules\/fastify": \{\s*"version": ")[^"]+/,
        (_match, before: string) => `${before}5.12.7`,
      ),
    }),
  ]);
  expect(new Set(names).size).toBe(names.length);
  const unrelated = await Promise.all([
    hashOf({ "README.md": "words" }),
    hashOf({ "app/node_modules/x/index.js": "1" }),
    hashOf({ "stacks/main.ts": "1" }),
    hashOf({
      "package-lock.json": (await repositoryLockfile()).replace(
        /("node_modules\/vitest": \{\s*"version": ")[^"]+/,
        (_match, before: string) => `${before}5.0.0`,
      ),
    }),
  ]);
  expect(new Set(unrelated)).toEqual(new Set([names[0]]));
});

test("what was prepared is used again, without a bundler", async () => {
  const folder = await temporaryFolder();
  const cache = await temporaryFolder();
  await writeSample(folder);
  const first = await prepareImage(sampleSources(folder), cache);
  await writeFile(join(first.folder, "mark"), "");
  const second = await prepareImage(sampleSources(folder), cache);
  expect(second).toEqual(first);
  expect((await stat(join(second.folder, "mark"))).isFile()).toBe(true);
});

test("the version names the last commit that touched the contents, and says when they differ", async () => {
  const folder = await temporaryFolder();
  const cache = await temporaryFolder();
  await writeSample(folder, { "README.md": "one" });
  const git = async (...parameters: string[]): Promise<string> =>
    (await run("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.com", ...parameters]))
      .stdout;
  expect((await prepareImage(sampleSources(folder), cache)).version).toMatch(/^uncommitted-[0-9a-f]{12}$/);
  await git("init", "-q");
  await writeFile(join(folder, ".gitignore"), "node_modules\n");
  await git("add", ".");
  await git("commit", "-qm", "first");
  const first = await prepareImage(sampleSources(folder), cache);
  const commit = (await git("rev-parse", "HEAD")).trim();
  expect(first.version).toBe(`${commit.slice(0, 12)}-${first.contentHash.slice(0, 12)}`);
  expect(first.recipe.source).toMatchObject({ commit, isModified: false });

  await writeFile(join(folder, "README.md"), "two");
  await git("commit", "-qam", "words only");
  expect((await prepareImage(sampleSources(folder), cache)).version).toBe(first.version);

  await writeFile(join(folder, "app/serve.ts"), "export function serve(): void {}");
  const modified = await prepareImage(sampleSources(folder), cache);
  expect(modified.version).toBe(`${commit.slice(0, 12)}-modified-${modified.contentHash.slice(0, 12)}`);

  const shallow = join(await temporaryFolder(), "shallow");
  await run("git", ["clone", "-q", "--depth=1", `file://${folder}`, shallow]);
  await writeSample(shallow);
  expect((await prepareImage(sampleSources(shallow), cache)).recipe.source.isShallow).toBe(true);
  expect(first.recipe.source.isShallow).toBe(false);
});

test("packages that are not those of the lockfile are not bundled", async () => {
  const folder = await temporaryFolder();
  const installed = await readFile(
    join(import.meta.dirname, "../../node_modules/.package-lock.json"),
    "utf8",
  );
  const changed = installed.replace(
    /("node_modules\/fastify": \{\s*"version": "[^"]+",\s*"integrity": ")[^"]+/,
    (_match, before: string) => `${before}sha512-other`,
  );
  await writeSample(folder, { "node_modules/.package-lock.json": changed });
  await expect(prepareImage(sampleSources(folder), await temporaryFolder())).rejects.toThrow(
    /^installed packages differ from the lockfile \(fastify [\d.]+\): run npm ci$/,
  );
});

test("sources that do not compile leave no recipe behind", async () => {
  const folder = await temporaryFolder();
  const cache = await temporaryFolder();
  await writeSample(folder, { "app/serve.ts": "export function serve( {" });
  await expect(prepareImage(sampleSources(folder), cache)).rejects.toThrow("serve.ts");
  expect((await readdir(cache, { recursive: true })).filter((path) => path.startsWith("recipes"))).toEqual(
    [],
  );
});

test("a workspace that the lockfile does not know is named", async () => {
  const folder = await temporaryFolder();
  await writeSample(folder);
  await expect(prepareImage(sampleSources(folder, { workspace: "elsewhere" }))).rejects.toThrow(
    "'elsewhere' is no workspace of package-lock.json",
  );
});
