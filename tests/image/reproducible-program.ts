/** Builds the sample in the folder that is named and prints the image's digest: a process of its own, with its own umask. */
import { buildImage } from "../../image/build.ts";
import { openBlobCache } from "../../image/blob-cache.ts";
import { makeMachineBase } from "../../image/machine-base.ts";
import { prepareImage } from "../../image/prepare.ts";
import { sampleSources, writeSample } from "./sample-sources.ts";

const [folder = "", cacheFolder = "", umask = "22"] = process.argv.slice(2);
process.umask(Number.parseInt(umask, 8));
await writeSample(folder);
const prepared = await prepareImage(sampleSources(folder), cacheFolder);
const cache = openBlobCache(cacheFolder);
const image = await buildImage(prepared.folder, await makeMachineBase(cache), cache);
console.log(image.manifest.digest);
