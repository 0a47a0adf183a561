import type { ImageSources } from "../../image/image-sources.ts";
import { sampleSources } from "./sample-sources.ts";

/** The folder in `node_modules` of a small package that has one part with native code a platform. */
export const nativePackage = "@cdktf/node-pty-prebuilt-multiarch";

/** The part for the image's platform, whatever the builder's. */
export const nativePart = "@lydell/node-pty-linux-x64";

/** The sample, with that package in its image. */
export function nativeSample(rootFolder: string): ImageSources {
  return sampleSources(rootFolder, { nativePackages: [nativePackage] });
}
