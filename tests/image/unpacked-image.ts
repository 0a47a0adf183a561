import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./programs.ts";

/** What a container runtime would read of an image. */
export interface UnpackedImage {
  readonly rootFolder: string;
  readonly user: { readonly uid: number; readonly gid: number };
  readonly entrypoint: readonly string[];
  readonly variables: readonly string[];
  readonly workingFolder: string;
}

/** Pulls an image with skopeo and unpacks it with umoci. */
export async function unpackImage(address: string, folder: string): Promise<UnpackedImage> {
  const layout = `${join(folder, "layout")}:image`;
  const bundle = join(folder, "bundle");
  await run("skopeo", ["copy", "-q", "--src-tls-verify=false", address, `oci:${layout}`]);
  const rootless = process.getuid?.() === 0 ? [] : ["--rootless"];
  await run("umoci", ["unpack", ...rootless, "--image", layout, bundle]);
  const { process: started } = JSON.parse(await readFile(join(bundle, "config.json"), "utf8")) as {
    process: { args: string[]; env: string[]; cwd: string; user: { uid: number; gid: number } };
  };
  return {
    rootFolder: join(bundle, "rootfs"),
    user: { uid: started.user.uid, gid: started.user.gid },
    entrypoint: started.args,
    variables: started.env,
    workingFolder: started.cwd,
  };
}

/** Starts it with bubblewrap as its user: read-only but /tmp, with the machine's network. */
export function startUnpacked(
  { rootFolder, user, entrypoint, variables, workingFolder }: UnpackedImage,
  environment: Readonly<Record<string, string>>,
): ChildProcess {
  const given = [...variables, ...Object.entries(environment).map(([name, value]) => `${name}=${value}`)];
  const isolation =
    "--unshare-all --share-net --die-with-parent --proc /proc --dev /dev --tmpfs /tmp --clearenv";
  return spawn(
    "bwrap",
    [
      "--ro-bind",
      rootFolder,
      "/",
      ...isolation.split(" "),
      "--uid",
      String(user.uid),
      "--gid",
      String(user.gid),
      "--chdir",
      workingFolder,
      ...given.flatMap((line) => {
        const cut = line.indexOf("=");
        return ["--setenv", line.slice(0, cut), line.slice(cut + 1)];
      }),
      ...entrypoint,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
}
