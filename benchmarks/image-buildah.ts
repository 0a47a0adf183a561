import { execFile } from "node:child_process";
import { appendFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { BuiltImage } from "../image/build.ts";
import { writeContent } from "../image/content-upload.ts";
import { describeImage } from "../image/oci-image.ts";
import type { RegistryClient } from "../image/registry-client.ts";
import { median, row, say, timed } from "./measure.ts";

const run = promisify(execFile);
const rounds = 5;

/**
 * One file of the app changed, with the tool that builds images without Docker: all layers but the app's are an
 * image that it has pulled before, so that it too makes and sends the app's layer only.
 *
 * @param ownSeconds what ours takes of the same files
 */
export async function benchmarkBuildah(
  image: BuiltImage,
  registry: RegistryClient,
  host: string,
  folder: string,
  ownSeconds: number,
): Promise<void> {
  const found = await run("buildah", ["--version"]).catch(() => undefined);
  if (found === undefined)
    return say(row("-", "", "buildah is not here: install buildah to compare with it"));
  const stage = describeImage({
    layers: image.layers.slice(0, -1),
    program: image.recipe.program,
    labels: {},
  });
  await writeContent(stage.config, registry);
  await registry.writeManifest("stage", stage.manifest);
  const driver = await storageDriver(folder, host);
  if (driver === undefined) return say(row("-", "", "buildah cannot run here: not compared"));

  const rootfs = join(folder, "rootfs");
  const figures: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await appendFile(join(rootfs, "app/main.mjs"), "\n// changed\n");
    const { seconds } = await timed(() => buildOnce(driver, host, rootfs));
    figures.push(seconds);
  }
  const seconds = median(figures);
  const version = found.stdout.trim().split(" ")[2] ?? "";
  say(
    row(
      seconds.toFixed(2),
      "",
      `buildah ${version} (${driver.name}), bundled before: ours takes ${(ownSeconds / seconds).toFixed(2)} of it`,
    ),
  );
}

interface StorageDriver {
  readonly name: string;
  readonly buildah: (...words: readonly string[]) => Promise<string>;
}

/** The fast kind of storage where this machine has it; it has the stage pulled afterwards. */
async function storageDriver(folder: string, host: string): Promise<StorageDriver | undefined> {
  for (const name of ["overlay", "vfs"]) {
    const places = [
      "--root",
      join(folder, `buildah-${name}`),
      "--runroot",
      join(folder, `buildah-run-${name}`),
    ];
    const buildah = async (...words: readonly string[]): Promise<string> =>
      (await run("buildah", ["--storage-driver", name, ...places, ...words])).stdout.trim();
    const pulled = await buildah("from", "--tls-verify=false", `docker://${host}/bench/app:stage`).catch(
      () => undefined,
    );
    if (pulled === undefined) continue;
    await buildah("rm", pulled);
    return { name, buildah };
  }
  return undefined;
}

async function buildOnce({ buildah }: StorageDriver, host: string, rootfs: string): Promise<void> {
  const container = await buildah("from", "--pull-never", `${host}/bench/app:stage`);
  const files = await readdir(join(rootfs, "app"));
  const app = files.filter((name) => name !== "node_modules").map((name) => join(rootfs, "app", name));
  await buildah("copy", container, ...app, "/app/");
  const options = ["--tls-verify=false", "--timestamp", "0", "--format", "oci"];
  await buildah("commit", ...options, container, `docker://${host}/bench/buildah:latest`);
  await buildah("rm", container);
}
