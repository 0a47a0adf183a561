import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runApplyProgram, startGoogleDouble } from "./google-double.ts";
import type { Answer, GoogleDouble } from "./google-double.ts";

let google: GoogleDouble | undefined;
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "imgstream-static-"));
});
afterEach(async () => {
  await google?.close();
  rmSync(folder, { recursive: true });
});

interface Stored {
  content: string;
  generation: number;
  customTime?: string;
}

const md5 = (text: string) => createHash("md5").update(text).digest("base64");

/** A bucket that keeps preconditions, and answers first as `faults` say. */
async function run(files: Record<string, string>, bucket: Map<string, Stored>, faults: Answer[] = []) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  google = await startGoogleDouble((line, body): Answer | undefined => {
    const url = new URL(line.split(" ")[1] ?? "", "http://storage");
    const fault = line.startsWith("GET") ? undefined : faults.shift();
    if (fault !== undefined) return fault;
    const condition = Number(url.searchParams.get("ifGenerationMatch"));
    const refused = { status: 412, body: { error: { message: "conditionNotMet" } } };
    if (line.startsWith("GET /storage/v1/b/p-assets/o?")) {
      const names = [...bucket.keys()].filter((name) =>
        name.startsWith(url.searchParams.get("prefix") ?? ""),
      );
      const start = Number(url.searchParams.get("pageToken") ?? 0);
      const items = names.slice(start, start + 2).map((name) => {
        const { content, generation, customTime } = bucket.get(name) ?? { content: "", generation: 0 };
        return {
          name,
          generation: String(generation),
          md5Hash: md5(content),
          ...(customTime && { customTime }),
        };
      });
      return { body: { items, ...(start + 2 < names.length && { nextPageToken: String(start + 2) }) } };
    }
    if (line.startsWith("POST /upload/storage/v1/b/p-assets/o?uploadType=multipart")) {
      const [, metadata = "", content = ""] =
        /json\r\n\r\n(.*?)\r\n--.*?\r\n\r\n(.*)\r\n--imgstream-static-file--\r\n$/s.exec(String(body)) ?? [];
      const { name, ...facts } = JSON.parse(metadata) as { name: string };
      uploaded.push({ name, ...facts });
      if ((bucket.get(name)?.generation ?? 0) !== condition) return refused;
      bucket.set(name, { content, generation: condition + 1 });
      return { body: { name } };
    }
    const name = decodeURIComponent(url.pathname.slice("/storage/v1/b/p-assets/o/".length));
    const stored = bucket.get(name);
    if (!line.startsWith("PATCH") || stored === undefined) return undefined;
    if (stored.generation !== condition) return refused;
    stored.customTime = (body as { customTime: string }).customTime;
    return { body: {} };
  });
  return runApplyProgram("static-files", {
    ...google.variables,
    BUCKET: "p-assets",
    FOLDER: folder,
    PREFIX: "assets/",
  });
}

let uploaded: Record<string, string>[] = [];
beforeEach(() => {
  uploaded = [];
});

test("files are created once, cached for ever, with their type", async () => {
  const bucket = new Map<string, Stored>();
  const files = { "main-A.js": "js", "deep/style-B.css": "css", "odd-C.xyz": "?" };
  expect(await run(files, bucket)).toEqual({
    code: 0,
    stdout: "p-assets has 3 files of this version, 3 of them new; 0 are retired",
    stderr: "",
  });
  const cacheControl = "public, max-age=31536000, immutable";
  expect(uploaded.toSorted((a, b) => String(a["name"]).localeCompare(String(b["name"])))).toEqual([
    { name: "assets/deep/style-B.css", cacheControl, contentType: "text/css; charset=utf-8" },
    { name: "assets/main-A.js", cacheControl, contentType: "text/javascript; charset=utf-8" },
    { name: "assets/odd-C.xyz", cacheControl, contentType: "application/octet-stream" },
  ]);
  expect(bucket.get("assets/main-A.js")).toEqual({ content: "js", generation: 1 });
  await google?.close();
  expect((await run(files, bucket)).stdout).toBe(
    "p-assets has 3 files of this version, 0 of them new; 0 are retired",
  );
  expect(google?.requests.every(({ line }) => line.startsWith("GET"))).toBe(true);
});

test("files of an older version are retired, and come back whole on the way back", async () => {
  const bucket = new Map<string, Stored>([
    ["assets/old-A.js", { content: "old", generation: 5 }],
    ["assets/gone-B.js", { content: "gone", generation: 6, customTime: "2026-01-01T00:00:00Z" }],
    ["other/file", { content: "not ours", generation: 7 }],
  ]);
  expect((await run({ "new-C.js": "new" }, bucket)).stdout).toBe(
    "p-assets has 1 files of this version, 1 of them new; 1 are retired",
  );
  expect(Date.parse(bucket.get("assets/old-A.js")?.customTime ?? "")).toBeGreaterThan(Date.now() - 60_000);
  expect(bucket.get("assets/gone-B.js")?.customTime).toBe("2026-01-01T00:00:00Z");
  expect(bucket.get("other/file")?.customTime).toBeUndefined();

  await google?.close();
  rmSync(join(folder, "new-C.js"));
  expect((await run({ "old-A.js": "old" }, bucket)).stdout).toBe(
    "p-assets has 1 files of this version, 0 of them new; 1 are retired",
  );
  expect(bucket.get("assets/old-A.js")).toEqual({ content: "old", generation: 6 });
  expect(bucket.get("assets/new-C.js")?.customTime).toBeDefined();
});

test("a name with other content is refused, and nothing is overwritten", async () => {
  const bucket = new Map<string, Stored>([["assets/main-A.js", { content: "forged", generation: 1 }]]);
  const { code, stderr } = await run({ "main-A.js": "js" }, bucket);
  expect([code, stderr]).toEqual([
    1,
    "assets/main-A.js is in the bucket with other content than its name says: find out who wrote it, delete it and deploy again",
  ]);
  expect(bucket.get("assets/main-A.js")?.content).toBe("forged");
});

test("a fault that passes is repeated; one that stays fails before anything is retired", async () => {
  const bucket = new Map<string, Stored>([["assets/old-A.js", { content: "old", generation: 5 }]]);
  expect((await run({ "new-C.js": "new" }, bucket, [{ status: 503 }])).code).toBe(0);
  await google?.close();
  const denied = { status: 403, body: { error: { message: "no permission to create objects" } } };
  const { code, stderr } = await run({ "other-D.js": "d" }, bucket, [denied]);
  expect(code).toBe(1);
  expect(stderr).toContain("was answered 403: no permission to create objects");
  expect(bucket.get("assets/new-C.js")?.customTime).toBeUndefined();
});

test("somebody faster wrote the same: that is as good", async () => {
  const bucket = new Map<string, Stored>();
  expect((await run({ "main-A.js": "js" }, bucket, [{ status: 412 }])).code).toBe(0);
});
