import { existsSync } from "node:fs";
import { readFile, utimes } from "node:fs/promises";
import { join } from "node:path";
import { defaultCacheFolder, recipeCaches } from "./blob-cache.ts";
import { builderFiles } from "./builder-version.ts";
import { contentHash, readSources } from "./content-hash.ts";
import { requireInstalled } from "./installed-packages.ts";
import { type Lockfile, type LockedPackage, packagesFor, parseLockfile } from "./lockfile.ts";
import { nodePackage, nodePath } from "./node-layer.ts";
import type { ImageSources } from "./image-sources.ts";
import { type ImageRecipe, recipeFile, recipeFolders } from "./recipe.ts";
import { readSourceVersion, versionName } from "./source-version.ts";

/** What a plan must know of an image: its name, and where the recipe lies. */
export interface PreparedImage {
  readonly contentHash: string;
  readonly version: string;
  readonly recipe: ImageRecipe;
  /** Holds all that the apply needs but Node and the native packages, which are fetched by their integrity. */
  readonly folder: string;
}

/**
 * Names the image by its contents and prepares the folder that it is made from, unless an earlier call did.
 * Needs no network: only what the lockfile says, the sources, and their commit.
 *
 * @throws Error when what is installed is not what the lockfile says, or when the sources do not compile
 */
export async function prepareImage(
  sources: ImageSources,
  cacheFolder: string = defaultCacheFolder(),
): Promise<PreparedImage> {
  const { rootFolder, workspace } = sources;
  const paths = [workspace, "tsconfig.json"].filter((path) => existsSync(join(rootFolder, path)));
  // Asked first: git works while the rest is read.
  const versionRead = readSourceVersion(rootFolder, [...paths, "package-lock.json"]);
  const lockfile = parseLockfile(await readFile(join(rootFolder, "package-lock.json"), "utf8"));
  const packages = packagesFor(lockfile, dependenciesOf(lockfile, workspace), { from: workspace });
  const nativePackages = packagesFor(lockfile, sources.nativePackages, { from: workspace });
  const [node] = sources.base.node === "lockfile" ? packagesFor(lockfile, [nodePackage]) : [];
  const esbuild = lockfile.packages["node_modules/esbuild"];
  const builder = `esbuild ${esbuild?.version ?? "unknown"}`;
  const program = {
    entrypoint: [node === undefined ? sources.base.node : nodePath, `/${recipeFolders.program}/main.mjs`],
    command: sources.command,
    environment: sources.environment,
    workingFolder: `/${recipeFolders.program}`,
    user: "65532:65532",
    port: sources.port,
  };

  const files = readSources(rootFolder, paths);
  const [source, builderSources] = await Promise.all([versionRead, builderFiles()]);
  const hash = contentHash([...files, ...builderSources], {
    entry: sources.entry,
    page: sources.page,
    base: sources.base,
    node: node?.integrity,
    builder: [builder, esbuild?.integrity],
    packages: packages.map(({ folder, version, integrity }) => [folder, version, integrity]),
    nativePackages: nativePackages.map(({ folder }) => folder),
    lazyPackages: sources.lazyPackages,
    lateRequires: sources.lateRequires,
    program,
  });
  const recipe: ImageRecipe = {
    name: sources.name,
    license: sources.license,
    contentHash: hash,
    version: versionName(source, hash),
    source,
    base: sources.base,
    node: node ?? null,
    nativePackages,
    packages,
    builder,
    program,
  };
  // Beside what is pushed lies the program that pushes: another program, another folder.
  const tools = contentHash(readSources(import.meta.dirname, ["."]), installedTools(lockfile));
  const folder = join(cacheFolder, recipeCaches.recipes, `${recipe.version}-${tools.slice(0, 12)}`);
  if (existsSync(join(folder, recipeFile))) {
    await utimes(folder, new Date(), new Date());
  } else {
    await requireInstalled(rootFolder, [...packages, ...installedTools(lockfile)]);
    // Loaded late: when nothing changed, nobody needs a bundler.
    const { writeRecipe } = await import("./write-recipe.ts");
    await writeRecipe(folder, recipe, sources, join(cacheFolder, recipeCaches.programs, tools));
  }
  return { contentHash: hash, version: recipe.version, recipe, folder };
}

function dependenciesOf(lockfile: Lockfile, workspace: string): string[] {
  const manifest = lockfile.packages[workspace];
  if (manifest === undefined) {
    throw new Error(`'${workspace}' is no workspace of package-lock.json: run npm install`);
  }
  return Object.keys(manifest.dependencies ?? {});
}

/** What bundles, and what the program that pushes is bundled with. */
function installedTools(lockfile: Lockfile): LockedPackage[] {
  return packagesFor(lockfile, ["esbuild", "google-auth-library"]).filter(
    ({ name }) => !name.startsWith("@esbuild/"),
  );
}
