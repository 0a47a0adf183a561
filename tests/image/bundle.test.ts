import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundlePage, bundleServer, writeBundle } from "../../image/bundle.ts";

const sources = {
  "page/index.html": `<!doctype html><html><head><link rel="icon" href="./icon.svg">
<link rel="stylesheet" href="./main.css"></head><body><script type="module" src="./main.ts"></script></body></html>`,
  "page/icon.svg": `<svg xmlns="http://www.w3.org/2000/svg"/>`,
  "page/main.css": `body { color: rebeccapurple; }`,
  "page/main.ts": `import { greet } from "./shared.ts"; greet("now"); void import("./viewer.ts");`,
  "page/viewer.ts": `import { greet } from "./shared.ts"; greet("later");`,
  "page/shared.ts": `export function greet(when: string): void { document.title = "hello " + when; }`,
  "server/main.ts": `import { readFileSync } from "native-part/lib.js";
const { lazy } = await import("./lazy.ts");
console.log(lazy(), readFileSync, new Intl.DateTimeFormat().format(0) !== "");`,
  "server/lazy.ts": `import old from "./old.cjs"; import { dirname } from "node:path";
export function lazy(): string { return "lazy " + old.separator + " " + (dirname(old.file) === old.folder); }`,
  "server/old.cjs": `/*! a licence */ module.exports = { separator: require("node:path").sep, folder: __dirname, file: __filename };`,
  "server/late.ts": `import host from "./host.cjs";
console.log(process.argv[2] === "now" ? host.use() : host.here, import.meta.dirname !== "");`,
  "server/host.cjs": `exports.here = "here"; exports.use = () => require("seldom-used").word;`,
  "node_modules/seldom-used/index.js": `exports.word = "seldom " + require("other-part").word;`,
  "node_modules/seldom-used/package.json": `{ "name": "seldom-used" }`,
  "node_modules/other-part/index.js": `exports.word = "used";`,
  "node_modules/other-part/package.json": `{ "name": "other-part" }`,
  "node_modules/native-part/lib.js": `exports.readFileSync = "native";`,
  "node_modules/native-part/package.json": `{ "name": "native-part" }`,
};

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundle-"));
  for (const checkout of ["a", "deep/down/below"]) {
    for (const [path, text] of Object.entries(sources)) {
      const file = join(folder, checkout, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function pageOf(checkout: string) {
  const rootFolder = join(folder, checkout);
  return bundlePage({ rootFolder, sourceFolder: join(rootFolder, "page") });
}

function serverOf(checkout: string) {
  const rootFolder = join(folder, checkout);
  return bundleServer({
    rootFolder,
    entries: { main: join(rootFolder, "server/main.ts") },
    externalPackages: ["native-part"],
  });
}

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

test("a page refers to its files by names that follow from their content", async () => {
  const files = await pageOf("a");
  const index = text(files.find(({ path }) => path === "index.html")?.bytes);
  const addresses = [...index.matchAll(/(?:href|src)="\/([^"]+)"/g)].map((match) => match[1]);
  expect(addresses.map((address) => address?.replace(/-[A-Z0-9]{8}\./, "-#."))).toEqual([
    "assets/icon-#.svg",
    "assets/main-#.css",
    expect.stringMatching(/^assets\/.*-#\.js$/),
    "assets/main-#.js",
  ]);
  for (const address of addresses) expect(files.map(({ path }) => path)).toContain(address);
  expect(index).not.toContain("./");
});

test("what a page imports lazily is not preloaded and is a file of its own", async () => {
  const files = await pageOf("a");
  const later = files.filter(({ bytes }) => text(bytes).includes("later"));
  expect(later).toHaveLength(1);
  expect(text(files.find(({ path }) => path === "index.html")?.bytes)).not.toContain(later[0]?.path);
});

test("a changed source changes the name of its file", async () => {
  const before = await pageOf("a");
  const style = join(folder, "a/page/main.css");
  await writeFile(style, "body { color: teal; }");
  const after = await pageOf("a");
  await writeFile(style, sources["page/main.css"]);
  const names = (files: typeof before) =>
    files.map(({ path }) => path).filter((path) => path.endsWith(".css"));
  expect(names(after)).not.toEqual(names(before));
});

test("a page without a file to bundle is refused with the way out", async () => {
  const sourceFolder = join(folder, "bare");
  await mkdir(sourceFolder, { recursive: true });
  await writeFile(join(sourceFolder, "index.html"), "<!doctype html>");
  await expect(bundlePage({ sourceFolder, rootFolder: folder })).rejects.toThrow(/at least one src or href/);
});

test("a bundled server runs, keeps native packages as imports and lazy code in files of its own", async () => {
  const files = await serverOf("a");
  const main = text(files.find(({ path }) => path === "main.mjs")?.bytes);
  expect(main).toContain("native-part/lib.js");
  expect(main).not.toContain("separator");
  expect(
    files.some(({ path, bytes }) => path.endsWith(".LEGAL.txt") && text(bytes).includes("a licence")),
  ).toBe(true);
  const output = join(folder, "a/dist");
  await writeBundle(files, output);
  const { stdout } = await promisify(execFile)(process.execPath, [join(output, "main.mjs")]);
  expect(stdout).toBe("lazy / true native true\n");
});

test("only files that name what modules do not have are given it", async () => {
  const files = (await serverOf("a")).filter(({ path }) => path.endsWith(".mjs"));
  const given = files.filter(({ bytes }) => text(bytes).includes("createRequire"));
  expect(given).toHaveLength(1);
  expect(text(given[0]?.bytes)).toContain("__dirname");
  expect(files.length).toBeGreaterThan(1);
});

test("what is required late is a file of its own that the others do not hold, and is found", async () => {
  const rootFolder = join(folder, "a");
  const bundleLate = (lazyPackages: readonly string[]) =>
    bundleServer({
      rootFolder,
      entries: { main: join(rootFolder, "server/late.ts") },
      externalPackages: [],
      lazyPackages,
    });
  const files = await bundleLate(["seldom-used"]);
  expect(files.map(({ path }) => path)).toEqual(["lazy-seldom-used.cjs", "main.mjs"]);
  expect(text(files[1]?.bytes)).not.toContain("other-part");
  const output = join(folder, "late");
  await writeBundle(files, output);
  const runMain = async (...parameters: string[]) =>
    (await promisify(execFile)(process.execPath, [join(output, "main.mjs"), ...parameters])).stdout;
  expect(await runMain()).toBe("here true\n");
  expect(await runMain("now")).toBe("seldom used true\n");
  await expect(bundleLate(["native-part"])).rejects.toThrow(
    "nothing that is bundled requires 'native-part': take it from the lazy packages",
  );
});

test("folder, time zone and umask change no byte and no mode", async () => {
  const shape = (files: Awaited<ReturnType<typeof pageOf>>) =>
    files.map(({ path, bytes }) => [path, text(bytes)]);
  const first = { page: shape(await pageOf("a")), server: shape(await serverOf("a")) };
  const { TZ } = process.env;
  const umask = process.umask(0o077);
  process.env["TZ"] = "Pacific/Chatham";
  try {
    const files = await pageOf("deep/down/below");
    expect({ page: shape(files), server: shape(await serverOf("deep/down/below")) }).toEqual(first);
    await writeBundle(files, join(folder, "written"));
  } finally {
    process.umask(umask);
    if (TZ === undefined) delete process.env["TZ"];
    else process.env["TZ"] = TZ;
  }
  expect((await stat(join(folder, "written/index.html"))).mode & 0o777).toBe(0o644);
  expect((await stat(join(folder, "written/assets"))).mode & 0o777).toBe(0o755);
  expect(await readFile(join(folder, "written/index.html"), "utf8")).toBe(
    first.page.find(([path]) => path === "index.html")?.[1],
  );
});
