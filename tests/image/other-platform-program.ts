/**
 * Builds the sample as a machine of another platform would and prints what came of it: a process of its own, because
 * the platform is told before anything is imported.
 */
const [folder = "", cacheFolder = "", platform = "", arch = ""] = process.argv.slice(2);
Object.defineProperties(process, { platform: { value: platform }, arch: { value: arch } });

const { buildImage } = await import("../../image/build.ts");
const { openBlobCache } = await import("../../image/blob-cache.ts");
const { prepareImage } = await import("../../image/prepare.ts");
const { nativeSample } = await import("./native-sample.ts");

const prepared = await prepareImage(nativeSample(folder), cacheFolder);
const base = { layers: [], environment: {}, labels: {} };
const image = await buildImage(prepared.folder, base, openBlobCache(cacheFolder));
console.log(JSON.stringify({ hash: prepared.contentHash, digest: image.manifest.digest }));
