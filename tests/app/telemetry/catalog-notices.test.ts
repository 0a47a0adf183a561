import Fastify from "fastify";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openAdapters } from "../../../app/adapters.ts";
import { CatalogBusyError } from "../../../app/catalog/protocol/errors.ts";
import { DamagedLogError } from "../../../app/catalog/protocol/log.ts";
import type { Notice } from "../../../app/catalog/protocol/notice.ts";
import { readConfig } from "../../../app/config.ts";
import { createPeople } from "../../../app/identity/people.ts";
import { DiskObjectStore } from "../../../app/storage/disk-object-store.ts";
import { logNotices } from "../../../app/telemetry/catalog-notices.ts";
import { logOptions } from "../../../app/telemetry/log.ts";
import { createAppGround } from "../app-process.ts";

const owner = "0193a5b8-0000-4000-8000-000000000001";

function collectingLog() {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const settings = { role: "web", projectId: "imgstream-test", version: "a-version", destination };
  const { log } = Fastify({ logger: logOptions(settings) });
  return { lines, log };
}

const line = { severity: "WARNING", role: "web", version: "a-version", user_id: owner };

test("what a catalog notices is one warning each, and an error where the log cannot be read", () => {
  const { lines, log } = collectingLog();
  const tell = logNotices(() => log);
  const damage = new DamagedLogError(owner, 7, "catalog/x/log/000000000007.json");
  const notices: Notice[] = [
    { kind: "snapshot-skipped", owner, sequence: 300 },
    { kind: "upkeep-failed", owner, error: damage },
    { kind: "view-discarded", owner, error: new CatalogBusyError("too much memory") },
  ];
  for (const notice of notices) tell(notice);
  expect(lines).toMatchObject([
    { ...line, notice: "snapshot-skipped", sequence: 300, message: expect.stringContaining("snapshot") },
    {
      ...line,
      severity: "ERROR",
      notice: "upkeep-failed",
      err: { code: "damaged-log", type: "DamagedLogError", message: damage.message },
    },
    { ...line, notice: "view-discarded", err: { code: "catalog-busy", type: "CatalogBusyError" } },
  ]);
  expect(lines[1]?.["stack_trace"]).toMatch(/^DamagedLogError: entry 7 .*\n\s+at /);
});

test("what an error quotes from a row is not written, only what kind of error it is and where it arose", () => {
  const { lines, log } = collectingLog();
  const tell = logNotices(() => log);
  const secret = "Anna at the lake\nanna@example.com";
  const quoting = new Error(`Conversion Error: Could not convert string '${secret}' to INT32`, {
    cause: new Error(secret),
  });
  for (const error of [quoting, new Error(secret), secret]) tell({ kind: "view-discarded", owner, error });
  tell({ kind: "upkeep-failed", owner: "", error: quoting });
  expect(JSON.stringify(lines)).not.toMatch(/anna/i);
  expect(lines.map(({ err }) => err)).toMatchObject([
    { type: "Conversion Error" },
    { type: "Error" },
    { type: "thrown string" },
    { type: "Conversion Error" },
  ]);
  expect(lines.at(-1)).not.toHaveProperty("user_id");
});

test("a role's process writes what its catalogs notice", async () => {
  const ground = await createAppGround();
  const cacheFolder = mkdtempSync(join(tmpdir(), "imgstream-notices-"));
  onTestFinished(() => rmSync(cacheFolder, { recursive: true, force: true, maxRetries: 3 }));
  const config = readConfig({ ...ground.environment, CACHE_FOLDER: cacheFolder });
  if (config.recordsStore.kind !== "folder") throw new Error("the records are in a folder");
  const records = new DiskObjectStore(config.recordsStore.folder);
  const { lines, log } = collectingLog();

  async function withAdapters<T>(work: (adapters: Awaited<ReturnType<typeof openAdapters>>) => Promise<T>) {
    const adapters = await openAdapters(config, "maintenance", () => log);
    try {
      return await work(adapters);
    } finally {
      await adapters.close();
    }
  }
  const userId = await withAdapters(async ({ catalog }) => {
    const people = createPeople({ records, identityKey: config.identityKey });
    const id = await people.userIdOf("accounts.google.com:1000");
    const seen = { kind: "see-sign-in", email: "anna@example.com", name: "Anna" } as const;
    await catalog.execute(id, seen, { idempotencyKey: "first sign-in" });
    await catalog.keepUp(id);
    return id;
  });
  for await (const { name } of records.list(`catalog/${userId}/snapshots/`)) {
    await records.put(name, Buffer.from("no database"));
  }
  const skipped = { severity: "WARNING", notice: "snapshot-skipped", user_id: userId, sequence: 1 };

  await withAdapters(({ catalog }) => catalog.profile(userId));
  expect(lines).toMatchObject([skipped]);

  const web = ground.start(["web"]);
  const response = await fetch(`${await web.origin}/v1/users/me`, { headers: await ground.headers() });
  expect(response.status).toBe(200);
  await expect.poll(() => web.lines).toContainEqual(expect.objectContaining({ ...skipped, role: "web" }));
});
