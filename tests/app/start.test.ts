import { execFile } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { recipeFolders } from "../../image/recipe.ts";
import { photoImage } from "../../stacks/photo-image.ts";

const run = promisify(execFile);
const folder = join(photoImage.folder, recipeFolders.program);

/** A file of the bundle and all that it cannot be run without, by name. */
async function staticImports(file: string, found = new Map<string, string>()): Promise<Map<string, string>> {
  if (found.has(file)) return found;
  const text = await readFile(join(folder, file), "utf8");
  found.set(file, text);
  for (const [, next = ""] of text.matchAll(/\bimport(?:[^"'()]*?\bfrom)?["']\.\/([^"']+\.mjs)["']/g)) {
    await staticImports(next, found);
  }
  return found;
}

// Fastify alone is 1 MB, half of it what compiles schemas, which lies in files of its own. One import is enough to
// add that much again: of a client of Google's, of what compiles schemas or describes routes, of all of typebox
// (150 kB: `{ Type }`, `Type.Record`, `typebox/value` and `typebox/compile` do it anywhere in the app, even where they
// are loaded late, for a file of a package is split as one; `* as Type`, `mapOf` and `typebox/schema` do not).
test.each([
  ["web", 700_000],
  // It reads the log of a person's changes as well.
  ["worker", 830_000],
] as const)(
  "what the %s role reads before it is ready is less than a bare Fastify",
  async (role, mostBytes) => {
    const files = await filesOf(role);
    expect(files.size).toBeGreaterThan(2);
    const bytes = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    expect(bytes).toBeLessThan(mostBytes);
  },
);

// A bare Fastify loads them all. What may be required late is named in `program.lateRequires`; `app/late-crypto.ts`
// stands for the first of these.
test("what of Node takes long to load is not loaded with what the web role reads before it is ready", async () => {
  const address = pathToFileURL(join(folder, await chunkOf("web")));
  const code = `await import(${JSON.stringify(address)}); console.log(process.moduleLoadList.join("\\n"));`;
  // Without variables, by which Node would load what proxies and certificates need.
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", code], { env: {} });
  const loaded = stdout.split("\n");
  expect(loaded).toContain("NativeModule http");
  for (const module of "crypto tls https http2 assert dns inspector worker_threads".split(" ")) {
    expect(loaded).not.toContain(`NativeModule ${module}`);
  }
});

async function chunkOf(role: string): Promise<string> {
  const ownChunk = new RegExp(`^${role}-.*\\.mjs$`);
  return (await readdir(folder)).find((name) => ownChunk.test(name)) ?? "";
}

async function filesOf(role: string): Promise<Map<string, string>> {
  return await staticImports(await chunkOf(role), await staticImports("main.mjs"));
}
