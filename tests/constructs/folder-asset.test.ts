import { App, TerraformStack } from "cdktf";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { FolderAsset } from "../../constructs/folder-asset.ts";
import { temporaryFolder } from "../image/temporary-folder.ts";

let source = "";
let outdir = "";

beforeEach(async () => {
  source = await temporaryFolder();
  outdir = await temporaryFolder();
  mkdirSync(join(source, "inner"));
  writeFileSync(join(source, "main.mjs"), "// main\n");
  writeFileSync(join(source, "inner/part.mjs"), "// part\n");
});

/** What stacks of one app carry, by their names: the path from a stack's folder. */
function synthesise(...stacks: readonly string[]): readonly string[] {
  const app = new App({ outdir });
  const assets = stacks.map(
    (name) => new FolderAsset(new TerraformStack(app, name), "programs", source).path,
  );
  app.synth();
  return assets;
}

function filesIn(stack: string): readonly string[] {
  const folder = join(outdir, "stacks", stack, "assets");
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .toSorted();
}

function inodeOf(...parts: readonly string[]): number {
  return statSync(join(...parts)).ino;
}

test("a folder travels with every stack that names it, under a hash of names and contents", () => {
  const [path = "", other] = synthesise("one", "other");
  expect(other).toBe(path);
  expect(path).toMatch(/^assets\/programs\/[0-9A-F]{32}$/);
  for (const stack of ["one", "other"]) {
    expect(readFileSync(join(outdir, "stacks", stack, path, "inner/part.mjs"), "utf8")).toBe("// part\n");
  }
});

test("another content or name has another place, and what an earlier synthesis wrote is gone", () => {
  const [before] = synthesise("one");
  writeFileSync(join(source, "main.mjs"), "// changed\n");
  const [changed] = synthesise("one");
  writeFileSync(join(source, "more.mjs"), "");
  const [more = ""] = synthesise("one");
  expect(new Set([before, changed, more]).size).toBe(3);
  const folder = more.replace("assets/", "");
  expect(filesIn("one")).toEqual(
    ["inner/part.mjs", "main.mjs", "more.mjs"].map((file) => `${folder}/${file}`),
  );
});

test("files that nobody may write are linked, others are copied", () => {
  chmodSync(join(source, "inner/part.mjs"), 0o444);
  const [path = ""] = synthesise("one");
  const written = join(outdir, "stacks/one", path);
  expect(inodeOf(written, "inner/part.mjs")).toBe(inodeOf(source, "inner/part.mjs"));
  expect(inodeOf(written, "main.mjs")).not.toBe(inodeOf(source, "main.mjs"));
  expect(filesIn("one")).toHaveLength(2);
  // The folder is there again, and nothing of it is touched.
  expect(synthesise("one")).toEqual([path]);
  expect(readFileSync(join(source, "inner/part.mjs"), "utf8")).toBe("// part\n");
});

test("what an earlier synthesis wrote stays when it is the same, and is written again when somebody changed it", () => {
  chmodSync(join(source, "inner/part.mjs"), 0o444);
  const [path = ""] = synthesise("one");
  const main = join(outdir, "stacks/one", path, "main.mjs");
  const part = join(outdir, "stacks/one", path, "inner/part.mjs");
  const before = inodeOf(main);
  synthesise("one");
  expect(inodeOf(main)).toBe(before);

  writeFileSync(main, "// other\n");
  rmSync(part);
  writeFileSync(part, "// other\n");
  synthesise("one");
  expect(readFileSync(main, "utf8")).toBe("// main\n");
  expect(inodeOf(part)).toBe(inodeOf(source, "inner/part.mjs"));

  writeFileSync(join(outdir, "stacks/one", path, "stray.mjs"), "");
  synthesise("one");
  expect(filesIn("one")).toEqual(
    ["inner/part.mjs", "main.mjs"].map((file) => join(path, file).replace("assets/", "")),
  );
});

test("a link in the folder is refused", () => {
  symlinkSync(join(source, "main.mjs"), join(source, "link.mjs"));
  expect(() => synthesise("one")).toThrow(
    `'${join(source, "link.mjs")}' is neither a file nor a folder: what travels with a stack is plain files only`,
  );
});
