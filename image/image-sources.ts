import type { BaseChoice } from "./base-choice.ts";
import type { LateRequire } from "./late-requires.ts";

/** A program in a workspace of this repository, and what its image is to be. */
export interface ImageSources {
  /** The repository: where `package-lock.json` is. */
  readonly rootFolder: string;
  readonly name: string;
  readonly license: string;
  /** The workspace, relative: its manifest names the packages that ship. */
  readonly workspace: string;
  /** Entry of the program, relative, such as `app/main.ts`. It comes to lie in the image as `/app/main.mjs`. */
  readonly entry: string;
  /** Folder of the page's `index.html`, relative; left out when there is no page. */
  readonly page?: string;
  /** Packages with native code, which cannot be bundled. */
  readonly nativePackages: readonly string[];
  /** Packages that are required late and seldom: each becomes a file of its own. @default none */
  readonly lazyPackages?: readonly string[];
  /** What packages require at the top of a file and use later, or never. @default none */
  readonly lateRequires?: readonly LateRequire[];
  readonly base: BaseChoice;
  /** Arguments unless the platform gives others. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
}
