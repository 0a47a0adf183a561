import assert from "node:assert";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { program } from "../../app/runtime-contract.ts";
import { bundleServer, writeBundle } from "../../image/bundle.ts";
import { lateAssert, lateModule } from "../../image/late-module.ts";
import type { LateRequire } from "../../image/late-requires.ts";

const sources = {
  "main.ts": `import host from "host"; import other from "other"; console.log(host.use(process.argv[2]), other);`,
  "node_modules/host/index.js": `const heavy = require("heavy");
const https = require("node:https");
exports.use = (what) => what === "heavy" ? new heavy("part").name : what === "https" ? typeof https.get : "nothing";`,
  "node_modules/host/apart.js": `const { kind } = require("heavy"); exports.kind = kind;`,
  "node_modules/host/package.json": `{ "name": "host" }`,
  "node_modules/heavy/index.js": `console.log("heavy is read");
module.exports = class { static kind = "other"; constructor(part) { this.name = "a heavy " + part; } };`,
  "node_modules/heavy/package.json": `{ "name": "heavy" }`,
  "node_modules/other/index.js": `module.exports = require("host/apart.js").kind;`,
  "node_modules/other/package.json": `{ "name": "other" }`,
};

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "late-requires-"));
  for (const [path, text] of Object.entries(sources)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const because = "it is used seldom";
const bundle = (lateRequires: readonly LateRequire[], main = "main.ts") =>
  bundleServer({
    rootFolder: folder,
    entries: { main: join(folder, main) },
    externalPackages: [],
    lateRequires,
  });

test("a module that is required late is read when it is used, and not before", async () => {
  await writeFile(
    join(folder, "lone.ts"),
    `import host from "host"; console.log(host.use(process.argv[2]));`,
  );
  const late = ["heavy", "node:https"].map((module) => ({ module, by: ["host/index.js"], because }));
  const files = await bundle(late, "lone.ts");
  expect(files.map(({ path }) => path)).toEqual(["lazy-heavy.cjs", "main.mjs"]);
  const output = join(folder, "lone");
  await writeBundle(files, output);
  const runMain = async (what: string) =>
    (await promisify(execFile)(process.execPath, [join(output, "main.mjs"), what])).stdout;
  expect(await runMain("")).toBe("nothing\n");
  expect(await runMain("heavy")).toBe("heavy is read\na heavy part\n");
  expect(await runMain("https")).toBe("function\n");
});

test("a file that is not named gets the module itself", async () => {
  const files = await bundle([{ module: "heavy", by: ["host/index.js"], because }]);
  const output = join(folder, "both");
  await writeBundle(files, output);
  const { stdout } = await promisify(execFile)(process.execPath, [join(output, "main.mjs"), ""]);
  expect(stdout).toBe("heavy is read\nnothing other\n");
});

test("an entry that nothing requires any more, or that is taken apart at once, fails the build", async () => {
  await expect(bundle([{ module: "node:http2", by: ["host/index.js"], because }])).rejects.toThrow(
    "nothing that is bundled requires 'node:http2' in 'host/index.js': take it from the late requires (it is used seldom)",
  );
  await expect(bundle([{ module: "heavy", by: ["host/apart.js"], because }])).rejects.toThrow(
    "'host/apart.js' does not bind all of 'heavy' to one name",
  );
});

test("what the app requires late is named once, with its reason", () => {
  const modules = program.lateRequires.map(({ module }) => module);
  expect(new Set(modules).size).toBe(modules.length);
  for (const one of program.lateRequires) expect(one.because).not.toBe("");
});

test("what stands in for a module loads it once and is used as it would be", () => {
  let loads = 0;
  class Photo {
    static count = 2;
    readonly name: string;
    constructor(name: string) {
      this.name = name;
    }
  }
  const standIn: unknown = lateModule(() => {
    loads += 1;
    return Photo;
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what it stands in for
  const Late = standIn as typeof Photo;
  expect(loads).toBe(0);
  const photo = new Late("a");
  expect([photo.name, photo instanceof Late, photo instanceof Photo, Late.count]).toEqual([
    "a",
    true,
    true,
    2,
  ]);
  expect(["count" in Late, Object.keys(Late), Object.assign({}, Late)]).toEqual([
    true,
    ["count"],
    { count: 2 },
  ]);
  class Album extends Late {}
  expect(new Album("b")).toBeInstanceOf(Album);
  Late.count = 3;
  expect([Photo.count, loads]).toEqual([3, 1]);
  expect(() => Reflect.apply(requireFunction(lateModule(() => ({}))), undefined, [])).toThrow(
    "expected a module that is a function",
  );
});

test("an assertion that holds loads nothing, and one that does not fails as ever", () => {
  let loads = 0;
  const standIn = requireFunction(
    lateAssert(() => {
      loads += 1;
      return assert;
    }),
  );
  Reflect.apply(standIn, undefined, [1, "one"]);
  expect(loads).toBe(0);
  expect(() => Reflect.apply(standIn, undefined, [0, "nought"])).toThrow("nought");
  expect(() => Reflect.get(standIn, "equal")(1, 2)).toThrow("1 == 2");
  expect(loads).toBe(1);
});

function requireFunction(value: unknown): Function {
  if (typeof value !== "function") throw new TypeError("expected a function");
  return value;
}
