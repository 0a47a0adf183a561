import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { DataFolderInUseError, lockDataFolder } from "../../app/storage/data-folder-lock.ts";
import { claimFolder, thisProcess } from "../../app/storage/folder-claim.ts";

const scratch = mkdtempSync(join(tmpdir(), "imgstream-lock-"));
let count = 0;
const newFolder = () => join(scratch, `data${++count}`);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function holdInChild(folder: string): Promise<ChildProcess> {
  const source = `
    import { lockDataFolder } from ${JSON.stringify(join(import.meta.dirname, "../../app/storage/data-folder-lock.ts"))};
    await lockDataFolder(${JSON.stringify(folder)});
    console.log("held");
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout ?? child, "data");
  return child;
}

test("a second process on the same data folder is refused with the folder, the process and what to do", async () => {
  const folder = newFolder();
  const child = await holdInChild(folder);
  const refused = lockDataFolder(folder);
  await expect(refused).rejects.toThrow(DataFolderInUseError);
  await expect(refused).rejects.toThrow(`the data folder ${folder} is in use by process ${child.pid}`);
  await expect(refused).rejects.toThrow(/Stop that process, or start this one with another data folder/);
  child.kill("SIGKILL");
  await once(child, "exit");
  const lock = await lockDataFolder(folder);
  await lock.release();
});

test("a released folder is free again and holds no claim", async () => {
  const folder = newFolder();
  const lock = await lockDataFolder(folder);
  await expect(lockDataFolder(folder)).rejects.toThrow(DataFolderInUseError);
  await lock.release();
  expect(readdirSync(join(folder, "lock"))).toEqual([]);
  await (await lockDataFolder(folder)).release();
});

test("of many claims at once at most one holds", async () => {
  const folder = newFolder();
  for (let round = 0; round < 20; round++) {
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => claimFolder(folder)));
    const holders = outcomes.filter((outcome) => "claim" in outcome);
    expect(holders.length).toBeLessThanOrEqual(1);
    for (const { claim } of holders) await claim.release();
  }
});

test("the claim of an earlier process of the same id counts for nothing, nor does what a power cut left", async () => {
  const folder = newFolder();
  const first = await claimFolder(folder);
  if ("claim" in first) await first.claim.release();
  writeFileSync(
    join(folder, "whole.earlier.claim"),
    JSON.stringify({ ...thisProcess(), startedAt: "boot/1" }),
  );
  writeFileSync(join(folder, "whole.empty.claim"), "");
  const outcome = await claimFolder(folder);
  expect("claim" in outcome).toBe(true);
});

test("a claim from another machine counts, for nobody here can know", async () => {
  const folder = newFolder();
  const first = await claimFolder(folder);
  if ("claim" in first) await first.claim.release();
  writeFileSync(join(folder, "whole.other.claim"), JSON.stringify({ ...thisProcess(), host: "elsewhere" }));
  expect("heldBy" in (await claimFolder(folder))).toBe(true);
});
