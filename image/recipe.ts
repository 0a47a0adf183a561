import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BaseChoice } from "./base-choice.ts";
import type { LockedPackage } from "./lockfile.ts";
import type { ImageProgram } from "./oci-image.ts";
import type { SourceVersion } from "./source-version.ts";

/** Everything that an image is made of, in one folder: this file beside `app/`, the bundled program, and what pushes it. */
export interface ImageRecipe {
  /** Such as `imgstream`; titles the image and its bill of materials. */
  readonly name: string;
  /** SPDX expression of what is ours. */
  readonly license: string;
  /** SHA-256 over all that goes in, in hexadecimal: the image's tag. */
  readonly contentHash: string;
  /** What people and machines call this version. */
  readonly version: string;
  readonly source: SourceVersion;
  readonly base: BaseChoice;
  /** Node as the lockfile pins it, or nothing when the base brings its own. */
  readonly node: LockedPackage | null;
  /** Packages with native code, which lie in the image as they are. */
  readonly nativePackages: readonly LockedPackage[];
  /** All packages that the program was made from, the native ones among them. */
  readonly packages: readonly LockedPackage[];
  /** Tools that wrote the contents, such as `esbuild 0.28.2`. */
  readonly builder: string;
  readonly program: ImageProgram;
}

/** Folders beside `recipe.json`; they have the same place in the image. */
export const recipeFolders = { program: "app", page: "app/web", pageAssets: "app/web/assets" } as const;

export const recipeFile = "recipe.json";

/** The program beside it that brings the image into its registry: \`node push-program.mjs\`. */
export const recipeProgram = "push-program.mjs";

/** @throws Error when the folder holds no recipe */
export async function readRecipe(folder: string): Promise<ImageRecipe> {
  const recipe: unknown = JSON.parse(await readFile(join(folder, recipeFile), "utf8"));
  if (!isRecipe(recipe)) throw new Error(`'${folder}' holds no recipe of an image: synthesise again`);
  return recipe;
}

function isRecipe(value: unknown): value is ImageRecipe {
  return (
    typeof value === "object" &&
    value !== null &&
    "contentHash" in value &&
    "base" in value &&
    "nativePackages" in value &&
    "program" in value
  );
}
