import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, cp, mkdir, readdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BundledFile, bundlePage, bundleServer, writeBundle } from "./bundle.ts";
import type { ImageSources } from "./image-sources.ts";
import { type ImageRecipe, recipeFile, recipeFolders, recipeProgram } from "./recipe.ts";

/**
 * Writes the folder that an image is made from: the bundled program and page, the recipe, and the program that
 * pushes. It appears under its name only when it is complete, and nobody may write its files then: whoever carries
 * it further may link them.
 *
 * @param pusherFolder where the program that pushes is kept, bundled: it changes more seldom than what it pushes
 */
export async function writeRecipe(
  folder: string,
  recipe: ImageRecipe,
  sources: ImageSources,
  pusherFolder: string,
): Promise<void> {
  const { rootFolder, entry, page, nativePackages, lazyPackages = [], lateRequires = [] } = sources;
  const noPage: BundledFile[] = [];
  const [program, pageFiles] = await Promise.all([
    bundleServer({
      rootFolder,
      entries: { main: join(rootFolder, entry) },
      externalPackages: nativePackages,
      lazyPackages,
      lateRequires,
    }),
    page === undefined ? noPage : bundlePage({ rootFolder, sourceFolder: join(rootFolder, page) }),
    existsSync(pusherFolder) ? utimes(pusherFolder, new Date(), new Date()) : writePusher(pusherFolder),
  ]);
  await appearAs(folder, async (draft) => {
    await cp(pusherFolder, draft, { recursive: true });
    await writeBundle(program, join(draft, recipeFolders.program));
    await writeBundle(pageFiles, join(draft, recipeFolders.page));
    await writeFile(join(draft, recipeFile), JSON.stringify(recipe, undefined, 1));
    await makeReadOnly(draft);
  });
}

async function writePusher(folder: string): Promise<void> {
  const files = await bundleServer({
    rootFolder: join(import.meta.dirname, ".."),
    entries: { [recipeProgram.replace(/\.mjs$/, "")]: join(import.meta.dirname, "push-program.ts") },
    externalPackages: [],
  });
  await appearAs(folder, (draft) => writeBundle(files, draft));
}

/** Fills a folder beside its place and moves it there, whole. */
async function appearAs(folder: string, fill: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${folder}.${randomUUID()}.draft`;
  try {
    await mkdir(draft, { recursive: true });
    await fill(draft);
    await rename(draft, folder);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    // Another process was faster: the same name, the same content.
    if (!existsSync(folder)) throw cause;
  }
}

async function makeReadOnly(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  await Promise.all(files.map(({ parentPath, name }) => chmod(join(parentPath, name), 0o444)));
}
