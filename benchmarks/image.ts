import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { appendFile, cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type BlobCache, openBlobCache } from "../image/blob-cache.ts";
import { type BuiltImage, buildImage } from "../image/build.ts";
import { makeMachineBase } from "../image/machine-base.ts";
import { type PreparedImage, prepareImage } from "../image/prepare.ts";
import { pushImage } from "../image/push.ts";
import { openRegistry } from "../image/registry-client.ts";
import { photoImageSources } from "../stacks/photo-image.ts";
import { freePort } from "../local/free-port.ts";
import { benchmarkBuildah } from "./image-buildah.ts";
import { benchmarkContainerify } from "./image-containerify.ts";
import { benchmarkStart } from "./image-start.ts";
import { median, megabytes, repeated, row, say, timed } from "./measure.ts";

const root = join(import.meta.dirname, "..");

/**
 * From an edit to an image in a registry (Debian's docker-registry, on this machine): nothing changed, one file of
 * the app changed, from nothing; beside containerify and buildah on the same tree; then its start beside a bare Fastify.
 */
export async function benchmarkImage(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "imgstream-bench-image-"));
  const registry = await startRegistry(folder);
  try {
    const checkout = await copyCheckout(folder);
    const cacheFolder = join(folder, "cache");
    const cache = openBlobCache(cacheFolder);
    const target = { registry: registry.host, repository: "bench/app" };
    const client = openRegistry(target, { access: "pull,push" });
    const prepare = () => prepareImage({ ...photoImageSources, rootFolder: checkout }, cacheFolder);
    const push = async (prepared: PreparedImage): Promise<{ image: BuiltImage; uploadedBytes: number }> => {
      const image = await buildImage(prepared.folder, await makeMachineBase(cache), cache);
      const tag = prepared.contentHash;
      const { uploadedBytes } = await pushImage(image, client, { target, tag, cache });
      return { image, uploadedBytes };
    };

    const whole = await timed(async () => await push(await prepare()));
    const unchanged = await repeated(async () => {
      const { contentHash } = await prepare();
      if ((await client.findManifest(contentHash)) === undefined) throw new Error("the image is not there");
    });
    let sent = 0;
    const afterBundling: number[] = [];
    const changed = await repeated(async () => {
      await appendFile(join(checkout, "app/server.ts"), `process.env["BENCHMARK"] = "${Math.random()}";\n`);
      const prepared = await prepare();
      const { seconds, result } = await timed(() => push(prepared));
      afterBundling.push(seconds);
      sent = result.uploadedBytes;
    });
    const pushed = median(afterBundling);

    const { layers } = whole.result.image;
    const size = layers.reduce((sum, layer) => sum + layer.size, 0);
    say(`Layers: ${layers.map(({ title, size: bytes }) => `${title} ${megabytes(bytes)}`).join(", ")}`);
    say(
      `Whole image ${megabytes(size)} (goal at most 110 MB), app ${megabytes(layers.at(-1)?.size ?? 0)} (3 MB)\n`,
    );
    say(row("seconds", "goal", ""));
    say(row(unchanged.toFixed(2), "< 0.3", "nothing changed: known, with one question to the registry"));
    say(row(changed.toFixed(2), "< 2", `one file changed: bundled, built, pushed (${megabytes(sent)} sent)`));
    say(row(pushed.toFixed(2), "", "of which built and pushed, the program bundled before"));
    say(row(whole.seconds.toFixed(2), "", "from nothing: all layers written and pushed"));
    const rootfs = join(folder, "rootfs");
    await unpackLayers(whole.result.image, cache, rootfs);
    await benchmarkContainerify(whole.result.image, client, registry.host, folder, pushed);
    await benchmarkBuildah(whole.result.image, client, registry.host, folder, pushed);
    await benchmarkStart(rootfs, checkout, whole.result.image.recipe.program.entrypoint);
  } finally {
    registry.process.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The repository's sources in a folder that may be changed, with the packages that are installed. */
async function copyCheckout(folder: string): Promise<string> {
  const checkout = join(folder, "checkout");
  await mkdir(checkout);
  const isSource = (path: string): boolean => !/node_modules|dist$/.test(path.slice(root.length));
  for (const path of ["app", "tsconfig.json", "package-lock.json"]) {
    await cp(join(root, path), join(checkout, path), { recursive: true, filter: isSource });
  }
  await symlink(join(root, "node_modules"), join(checkout, "node_modules"));
  return checkout;
}

/** All layers over one another, as a container would see them. */
async function unpackLayers({ layers }: BuiltImage, cache: BlobCache, rootfs: string): Promise<void> {
  await mkdir(rootfs);
  for (const { digest } of layers) {
    const blob = await cache.find(digest);
    await promisify(execFile)("tar", ["-xzf", blob ?? "", "-C", rootfs]);
  }
}

async function startRegistry(folder: string): Promise<{ host: string; process: ChildProcess }> {
  const host = `127.0.0.1:${await freePort()}`;
  const config = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: join(folder, "registry") } },
    http: { addr: host },
    log: { level: "error" },
  };
  await writeFile(join(folder, "registry.json"), JSON.stringify(config));
  const process = spawn("docker-registry", ["serve", join(folder, "registry.json")], { stdio: "ignore" });
  await new Promise<void>((resolve, reject) => {
    process.once("error", () => reject(new Error("install docker-registry to run this benchmark")));
    process.once("spawn", resolve);
  });
  while (
    !(await fetch(`http://${host}/v2/`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { host, process };
}
