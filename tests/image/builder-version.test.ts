import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { builderFileNames } from "../../image/builder-version.ts";

const room = join(import.meta.dirname, "../../image");

/** Imported by the builder, and without a say in the bytes: what they do is checked by a digest, or by the recipe. */
const withoutSay = ["blob-cache.ts", "content-hash.ts", "lockfile.ts", "package-tarball.ts", "recipe.ts"];

test("every file that decides about an image's bytes is part of its name", async () => {
  const reached = new Set<string>();
  const follow = async (name: string): Promise<void> => {
    if (reached.has(name)) return;
    reached.add(name);
    const text = await readFile(join(room, name), "utf8");
    for (const [, typeOnly, specifier] of text.matchAll(/^import (type )?[^;]*?from "\.\/([^"]+)";/gm)) {
      if (typeOnly === undefined && specifier !== undefined) await follow(specifier);
    }
  };
  // The last is not imported: it comes to lie in the bundle.
  for (const name of ["build.ts", "bundle.ts", "late-module.ts"]) await follow(name);
  expect([...reached].filter((name) => !withoutSay.includes(name)).toSorted()).toEqual([...builderFileNames]);
});
