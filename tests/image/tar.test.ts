import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readTarball } from "../../image/tar-reader.ts";
import { type TarEntry, writeTar } from "../../image/tar.ts";
import { run } from "./programs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const longFolder = "a-folder-with-a-name-of-fifty-letters-or-thereabout";
const longPath = `${Array.from({ length: 6 }, () => longFolder).join("/")}/${"n".repeat(120)}.js`;

function file(path: string, text: string, isExecutable = false): TarEntry {
  return { kind: "file", path, isExecutable, bytes: Buffer.from(text) };
}

const entries: TarEntry[] = [
  file("b/two.txt", "two"),
  file("a.txt", "x".repeat(513)),
  file("b/one", "1", true),
  file(longPath, "long"),
  { kind: "link", path: "b/link", target: "one" },
  { kind: "directory", path: "tmp", isShared: true },
];

test("tar lists the entries sorted, with their parents, fixed modes, owner and time", async () => {
  const archive = join(await temporaryFolder(), "archive.tar");
  await writeFile(archive, Buffer.concat([...writeTar(entries)]));
  const { stdout } = await run("tar", ["--utc", "--numeric-owner", "-tvf", archive]);
  const lines = stdout.trim().split("\n");
  const short = lines.filter((line) => !line.includes(longFolder));
  expect(short.map((line) => line.replaceAll(/ +/g, " "))).toEqual([
    "-rw-r--r-- 0/0 513 1970-01-01 00:00 a.txt",
    "drwxr-xr-x 0/0 0 1970-01-01 00:00 b/",
    "lrwxrwxrwx 0/0 0 1970-01-01 00:00 b/link -> one".replace("lrwxrwxrwx", "lrwxr-xr-x"),
    "-rwxr-xr-x 0/0 1 1970-01-01 00:00 b/one",
    "-rw-r--r-- 0/0 3 1970-01-01 00:00 b/two.txt",
    "drwxrwxrwt 0/0 0 1970-01-01 00:00 tmp/",
  ]);
  expect(lines.some((line) => line.endsWith(` ${longPath}`))).toBe(true);
});

test("the order in which entries are given does not matter", () => {
  const one = Buffer.concat([...writeTar(entries)]);
  const other = Buffer.concat([...writeTar(entries.toReversed())]);
  expect(one.equals(other)).toBe(true);
});

test("what was written is read again, long names included", () => {
  const files = readTarball(gzipSync(Buffer.concat([...writeTar(entries)])));
  expect(files.map(({ path, isExecutable, bytes }) => [path, isExecutable, bytes.length])).toEqual([
    [longPath, false, 4],
    ["a.txt", false, 513],
    ["b/one", true, 1],
    ["b/two.txt", false, 3],
  ]);
});

test("an archive of GNU tar with long names is read", async () => {
  const folder = await temporaryFolder();
  await run("mkdir", ["-p", join(folder, longFolder, longFolder, longFolder)]);
  await writeFile(join(folder, longFolder, longFolder, longFolder, "f"), "content");
  await run("tar", ["--format=gnu", "-czf", join(folder, "gnu.tgz"), "-C", folder, longFolder]);
  const [first] = readTarball(await readFile(join(folder, "gnu.tgz")));
  expect(first?.path).toBe(`${longFolder}/${longFolder}/${longFolder}/f`);
});

test("a damaged archive is refused", () => {
  const bytes = Buffer.concat([...writeTar([file("a", "b")])]);
  bytes[3] = 7;
  expect(() => readTarball(gzipSync(bytes))).toThrow("damaged at byte 0");
  const short = Buffer.concat([...writeTar([file("a", "b".repeat(600))])]).subarray(0, 700);
  expect(() => readTarball(gzipSync(short))).toThrow("the archive ends within 'a'");
});

test("a path that leaves the archive is refused in both directions", () => {
  expect(() => [...writeTar([file("../a", "")])]).toThrow("relative and plain");
  expect(() => [...writeTar([file("/a", "")])]).toThrow("relative and plain");
  const bytes = Buffer.concat([...writeTar([file("xx/a", "")])]);
  const header = bytes.subarray(512, 1024);
  header.write("..", 0);
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  header.write(sum.toString(8).padStart(6, "0"), 148);
  expect(() => readTarball(gzipSync(bytes))).toThrow("a file outside of itself: '../a'");
});

test("two entries of one path are refused", () => {
  expect(() => [...writeTar([file("a", "1"), file("a", "2")])]).toThrow("got two for 'a'");
});
