import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { recipeFolders } from "../../image/recipe.ts";
import { photoImage } from "../../stacks/photo-image.ts";

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
test("what of Node takes long to load is not loaded before the web role is ready", async () => {
  const text = [...(await filesOf("web")).values()].join("\n");
  const imported = [...text.matchAll(/\bfrom\s*["'](?:node:)?([a-z0-9/_]+)["']/g)].map((match) => match[1]);
  expect(imported).toContain("stream");
  for (const module of ["crypto", "tls", "https", "http2", "assert", "inspector", "worker_threads"]) {
    expect(imported).not.toContain(module);
  }
});

async function filesOf(role: string): Promise<Map<string, string>> {
  const ownChunk = new RegExp(`^${role}-.*\\.mjs$`);
  const entry = (await readdir(folder)).find((name) => ownChunk.test(name)) ?? "";
  return await staticImports(entry, await staticImports("main.mjs"));
}
