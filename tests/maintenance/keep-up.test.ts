import { expect, test } from "vitest";
import { readConfig } from "../../app/config.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { createAppGround } from "../app/app-process.ts";
import { createMemoryStore } from "../app/memory-store.ts";
import { emptyCatalog } from "../app/test-server.ts";
import { openCatalog, scratchFolder } from "../catalog/fixtures.ts";
import type { Finding } from "../../app/maintenance/report.ts";
import { keepUp } from "./alone.ts";

const anna = "0193a5b8-0000-4000-8000-000000000001";
const identity = Buffer.from(JSON.stringify({ version: 1, userId: anna }));
const never = { snapshotInterval: Number.POSITIVE_INFINITY, snapshotOnClosing: Number.POSITIVE_INFINITY };

test("a dry run of the job counts the copies that are due and makes none, also where only opening would", async () => {
  const ground = await createAppGround();
  const { recordsStore } = readConfig(ground.environment);
  if (recordsStore.kind !== "folder") throw new Error("the records are in a folder");
  const records = new DiskObjectStore(recordsStore.folder);
  // In memory first: one entry after the other on a disk takes its time.
  const memory = createMemoryStore();
  const catalog = await openCatalog(scratchFolder(), { records: memory, limits: never });
  for (let entry = 1; entry <= 260; entry += 1) {
    const command = { kind: "see-sign-in", email: "anna@example.com", name: `Anna ${entry}` } as const;
    await catalog.execute(anna, command, { idempotencyKey: `sign-in ${entry}` });
  }
  await catalog.close();
  await memory.put("identities/anna.json", identity);
  const written = await Array.fromAsync(memory.list(""));
  await Promise.all(
    written.map(async ({ name }) => records.put(name, (await memory.read(name))?.bytes ?? Buffer.of())),
  );
  const copies = async () => {
    const objects = await Array.fromAsync(records.list(`catalog/${anna}/`));
    return objects.map(({ name }) => name.split("/")[2]).filter((part) => part !== "log");
  };
  const run = async (...words: string[]) => {
    const maintenance = ground.start(["maintenance", ...words]);
    expect((await maintenance.ended).code).toBe(0);
    return maintenance.lines;
  };

  const due = { people: 1, snapshots: 1, segments: 1 };
  expect(await run("--dry-run")).toContainEqual(
    expect.objectContaining({ task: "keep-up", dry_run: true, message: "keep-up would do this", ...due }),
  );
  await run("purge");
  expect(await copies()).toEqual([]);
  const done = await run("keep-up");
  expect(done).toContainEqual(expect.objectContaining({ task: "keep-up", message: "keep-up done", ...due }));
  expect(done).toContainEqual(
    expect.objectContaining({ finding: "long-log", outcome: "mended", detail: "1 snapshot, 1 segments" }),
  );
  expect(await copies()).toEqual(["segments", "snapshots"]);
});

test("a catalog that could not be copied is told as left, and fails the task after everyone's turn", async () => {
  const records = createMemoryStore();
  await records.put("identities/anna.json", identity);
  const notes: Finding[] = [];
  const failing = keepUp({
    catalog: {
      ...emptyCatalog,
      isClosed: async () => false,
      keepUp: async () => ({ snapshots: 1, segments: 0, hasFailed: true }),
    },
    records,
    note: (finding) => void notes.push(finding),
  });
  await expect(failing).rejects.toThrow("1 people's catalogs could not be copied");
  expect(notes.map(({ outcome }) => outcome)).toEqual(["mended", "left"]);
});
