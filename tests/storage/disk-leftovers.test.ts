import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { removeDiskLeftovers } from "../../app/storage/disk-leftovers.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";

const root = mkdtempSync(join(tmpdir(), "imgstream-leftovers-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("what killed processes left is removed; objects and writes under way stay", async () => {
  const store = new DiskObjectStore(root);
  await store.put("folder/object", Buffer.from("content"));
  const ended = spawnSync("true").pid;
  writeFileSync(join(root, `.temporary/${ended}-half`), "half");
  writeFileSync(join(root, `.temporary/${process.pid}-under-way`), "half");
  writeFileSync(join(root, "folder/.17~00000000~text%2Fplain~00000000"), "never named");
  expect(await removeDiskLeftovers(root, { isDryRun: true })).toBe(1);
  expect(readdirSync(join(root, ".temporary"))).toHaveLength(2);
  expect(await removeDiskLeftovers(root)).toBe(1);
  expect(readdirSync(join(root, ".temporary"))).toEqual([`${process.pid}-under-way`]);
  expect(readdirSync(join(root, "folder"))).toHaveLength(3);
  expect(await removeDiskLeftovers(root, { now: Date.now() + 2 * 3600 * 1000 })).toBe(1);
  expect(readdirSync(join(root, "folder"))).toHaveLength(2);
  expect(Buffer.from((await store.read("folder/object"))?.bytes ?? []).toString()).toBe("content");
});

test("a folder that is not there has no leftovers", async () => {
  expect(await removeDiskLeftovers(join(root, "absent"))).toBe(0);
});
