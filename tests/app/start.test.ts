import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { recipeFolders } from "../../image/recipe.ts";
import { photoImage } from "../../stacks/photo-image.ts";

const folder = join(photoImage.folder, recipeFolders.program);

/** The sizes of a file of the bundle and of all that it cannot be run without, by name. */
async function staticImports(file: string, found = new Map<string, number>()): Promise<Map<string, number>> {
  if (found.has(file)) return found;
  const text = await readFile(join(folder, file), "utf8");
  found.set(file, Buffer.byteLength(text));
  for (const [, next = ""] of text.matchAll(/\bimport(?:[^"'()]*?\bfrom)?["']\.\/([^"']+\.mjs)["']/g)) {
    await staticImports(next, found);
  }
  return found;
}

// Fastify alone is 1 MB, half of it what compiles schemas, which lies in files of its own. One import is enough to
// add that much again: of a client of Google's, of what compiles schemas or describes routes, of all of typebox
// (150 kB: `{ Type }`, `Type.Record`, `typebox/value` and `typebox/compile` do it anywhere in the app, even where they
// are loaded late, for a file of a package is split as one; `* as Type`, `mapOf` and `typebox/schema` do not).
test.each(["web", "worker"])(
  "what the %s role reads before it is ready is no more than a bare Fastify",
  async (role) => {
    const ownChunk = new RegExp(`^${role}-.*\\.mjs$`);
    const entry = (await readdir(folder)).find((name) => ownChunk.test(name)) ?? "";
    const files = await staticImports(entry, await staticImports("main.mjs"));
    expect(files.size).toBeGreaterThan(2);
    expect([...files.values()].reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(920_000);
  },
);
