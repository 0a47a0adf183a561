import { execFile } from "node:child_process";
import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { BuiltImage } from "../image/build.ts";
import { writeContent } from "../image/content-upload.ts";
import { describeImage } from "../image/oci-image.ts";
import type { RegistryClient } from "../image/registry-client.ts";
import { repeated, row, say } from "./measure.ts";

const version = "4.1.0";
const run = promisify(execFile);

/**
 * The tool that came nearest: the same tree onto the same base, into the same registry, one file changed.
 *
 * @param ownSeconds what ours takes of the same files
 */
export async function benchmarkContainerify(
  image: BuiltImage,
  registry: RegistryClient,
  host: string,
  folder: string,
  ownSeconds: number,
): Promise<void> {
  const tool = join(folder, "containerify");
  await mkdir(tool);
  try {
    await run("npm", ["install", "--prefix", tool, "--no-audit", "--no-fund", `containerify@${version}`]);
  } catch {
    say("containerify could not be installed: not compared");
    return;
  }
  const base = describeImage({
    layers: image.layers.slice(0, 1),
    program: image.recipe.program,
    labels: {},
  });
  await writeContent(base.config, registry);
  await registry.writeManifest("base", base.manifest);
  const rootfs = join(folder, "rootfs");
  const seconds = await repeated(async () => {
    await appendFile(join(rootfs, "app/main.mjs"), "\n// changed\n");
    const words =
      `--fromRegistry http://${host}/v2/ --toRegistry http://${host}/v2/ --fromImage bench/app:base ` +
      "--toImage bench/containerify:latest --allowInsecureRegistries --allowNoPushAuth --user 65532 " +
      "--setTimeStamp 1970-01-01T00:00:00Z --customContent nodejs,/nodejs app,/app";
    const program = join(tool, "node_modules/containerify/lib/cli.js");
    const entrypoint = "/nodejs/bin/node /app/main.mjs";
    const last = ["--folder", rootfs, "--entrypoint", entrypoint];
    await run(process.execPath, [program, ...words.split(" "), ...last]);
  });
  say(
    row(
      seconds.toFixed(2),
      "",
      `containerify ${version}, bundled before: ours takes ${(ownSeconds / seconds).toFixed(2)} of it`,
    ),
  );
}
