import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { layOver } from "../../../local/cloud-run/image-unpack.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "imgstream-layers-"));
  mkdirSync(join(folder, "root"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function layer(name: string, files: Readonly<Record<string, string>>): string {
  const at = join(folder, name);
  mkdirSync(at);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at, path)), { recursive: true });
    writeFileSync(join(at, path), text);
  }
  return at;
}

function read(path: string): string {
  return readFileSync(join(folder, "root", path), "utf8");
}

test("a higher layer adds and replaces, and its whiteouts remove what is below", async () => {
  const below = layer("below", {
    "a/kept": "1",
    "a/replaced": "1",
    "a/gone": "1",
    "b/all/of": "1",
    "b/it": "1",
  });
  const above = layer("above", { "a/replaced": "2", "a/.wh.gone": "", "b/.wh..wh..opq": "", "b/new": "2" });
  await layOver([below, above], join(folder, "root"));
  expect([read("a/kept"), read("a/replaced"), read("b/new")]).toEqual(["1", "2", "2"]);
  expect(readdirSync(join(folder, "root/a")).toSorted()).toEqual(["kept", "replaced"]);
  expect(readdirSync(join(folder, "root/b"))).toEqual(["new"]);
  // What lies below is shared with other images, and stays as it is.
  expect(readFileSync(join(below, "a/replaced"), "utf8")).toBe("1");
  expect(existsSync(join(below, "b/all/of"))).toBe(true);
});

test("folders, files and links take one another's place", async () => {
  const below = layer("below", { "folder/in": "1", file: "1", "usr/lib/x": "1" });
  symlinkSync("usr/lib", join(below, "lib"));
  const above = layer("above", { folder: "2", "file/in": "2", "lib/y": "2" });
  await layOver([below, above], join(folder, "root"));
  expect([read("folder"), read("file/in"), read("lib/y"), read("usr/lib/x")]).toEqual(["2", "2", "2", "1"]);
  expect(lstatSync(join(folder, "root/lib")).isSymbolicLink()).toBe(false);
});

test("folders have the mode that the highest layer gives them, one that nobody may write to included", async () => {
  const below = layer("below", { "closed/one": "1" });
  const above = layer("above", { "closed/two": "2" });
  chmodSync(join(below, "closed"), 0o755);
  chmodSync(join(above, "closed"), 0o555);
  await layOver([below, above], join(folder, "root"));
  expect(lstatSync(join(folder, "root/closed")).mode & 0o7777).toBe(0o555);
  expect([read("closed/one"), read("closed/two")]).toEqual(["1", "2"]);
  for (const at of ["above/closed", "root/closed"]) chmodSync(join(folder, at), 0o755);
});
