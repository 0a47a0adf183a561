import { spawn } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openBlobCache } from "../../image/blob-cache.ts";
import { buildImage } from "../../image/build.ts";
import { makeMachineBase } from "../../image/machine-base.ts";
import { prepareImage } from "../../image/prepare.ts";
import { pushImage } from "../../image/push.ts";
import { openRegistry } from "../../image/registry-client.ts";
import { freePort, startDebianRegistry } from "./debian-registry.ts";
import { needPrograms, run } from "./programs.ts";
import { sampleSources, writeSample } from "./sample-sources.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Reads who it is, where it may write, and makes a thumbnail: with Node and sharp of the lockfile. */
const program = `import { createServer } from "node:http";
import { writeFile } from "node:fs/promises";
import sharp from "sharp";

const tried = async (file: string): Promise<string> =>
  await writeFile(file, "").then(() => "written", (error: NodeJS.ErrnoException) => error.code ?? "");

createServer((request, response) => {
  void (async () => {
    const create = { width: 1600, height: 1200, channels: 3, background: "teal" } as const;
    const thumbnail = await sharp({ create }).resize(400).webp({ quality: 80 }).toBuffer();
    const { format, width } = await sharp(thumbnail).metadata();
    response.end(JSON.stringify({
      path: request.url, role: process.argv[2], user: process.getuid?.(), node: process.version,
      app: await tried("/app/x"), tmp: await tried("/tmp/x"), format, width,
    }));
  })();
}).listen(Number(process.env["PORT"]), "127.0.0.1");`;

const isLinux = process.platform === "linux" && process.arch === "x64";

test.runIf(isLinux)("two builds in different folders, time zones and umasks have one digest", async () => {
  const digests: string[] = [];
  for (const [zone, umask] of [
    ["UTC", "022"],
    ["Pacific/Chatham", "077"],
  ] as const) {
    const folder = join(await temporaryFolder(), "deep", zone.replace("/", "-"));
    const { stdout } = await run(
      process.execPath,
      [join(import.meta.dirname, "reproducible-program.ts"), folder, await temporaryFolder(), umask],
      { env: { ...process.env, TZ: zone, LANG: zone === "UTC" ? "C" : "de_DE.UTF-8" } },
    );
    digests.push(stdout.trim());
  }
  expect(digests[0]).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(digests[1]).toBe(digests[0]);
});

test("the image is accepted by skopeo and umoci, and runs as nobody, read-only but /tmp", async (context) => {
  needPrograms(context, ["docker-registry", "skopeo", "umoci", "bwrap"]);
  const folder = await temporaryFolder();
  const cacheFolder = await temporaryFolder();
  await writeSample(folder, { "app/main.ts": program });
  const sources = sampleSources(folder, {
    nativePackages: ["sharp"],
    base: { reference: "gcr.io/distroless/cc-debian12:nonroot", digest: null, node: "lockfile" },
  });
  const prepared = await prepareImage(sources, cacheFolder);
  const cache = openBlobCache(cacheFolder);
  const image = await buildImage(prepared.folder, await makeMachineBase(cache), cache);
  const host = await startDebianRegistry();
  const target = { registry: host, repository: "project/repository/sample" };
  const tag = prepared.contentHash;
  const lines: string[] = [];
  const options = { target, tag, cache, report: (line: string) => lines.push(line) };
  const client = openRegistry(target, { access: "pull,push" });
  const { digest } = await pushImage(image, client, options);
  expect(digest).toBe(image.manifest.digest);
  expect(lines.filter((line) => line.endsWith(": uploaded"))).toHaveLength(4);
  lines.length = 0;
  expect((await pushImage(image, client, options)).uploadedBytes).toBe(0);
  expect(lines.every((line) => line.endsWith("there already"))).toBe(true);

  const address = `docker://${host}/${target.repository}:${tag}`;
  const { stdout } = await run("skopeo", ["inspect", "--tls-verify=false", address]);
  expect(JSON.parse(stdout)).toMatchObject({
    Digest: digest,
    Architecture: "amd64",
    Os: "linux",
    Labels: {
      "org.opencontainers.image.version": prepared.contentHash,
      "org.opencontainers.image.base.name": "this-machine",
    },
  });
  const bundle = join(folder, "bundle");
  await run("skopeo", [
    "copy",
    "-q",
    "--src-tls-verify=false",
    address,
    `oci:${join(folder, "layout")}:${tag}`,
  ]);
  await run("umoci", [
    "unpack",
    ...(process.getuid?.() === 0 ? [] : ["--rootless"]),
    "--image",
    `${join(folder, "layout")}:${tag}`,
    bundle,
  ]);

  const config = JSON.parse(await readFile(join(bundle, "config.json"), "utf8")) as {
    process: { args: string[]; env: string[]; cwd: string; user: { uid: number; gid: number } };
  };
  expect(config.process.user).toMatchObject({ uid: 65532, gid: 65532 });
  expect(await readdir(join(bundle, "rootfs/app"))).toContain("main.mjs");
  const port = await freePort();
  const variables = [...config.process.env, `PORT=${port}`].flatMap((line) => {
    const cut = line.indexOf("=");
    return ["--setenv", line.slice(0, cut), line.slice(cut + 1)];
  });
  const isolation =
    "--unshare-all --share-net --die-with-parent --proc /proc --dev /dev --tmpfs /tmp --clearenv --uid 65532 --gid 65532";
  const container = spawn(
    "bwrap",
    [
      "--ro-bind",
      join(bundle, "rootfs"),
      "/",
      ...isolation.split(" "),
      "--chdir",
      config.process.cwd,
      ...variables,
      ...config.process.args,
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  try {
    expect(await askUntilUp(`http://127.0.0.1:${port}/health/ready`)).toEqual({
      path: "/health/ready",
      role: "web",
      user: 65532,
      node: expect.stringMatching(/^v24\./),
      app: "EROFS",
      tmp: "written",
      format: "webp",
      width: 400,
    });
  } finally {
    container.kill();
  }
}, 120_000);

async function askUntilUp(url: string): Promise<unknown> {
  for (let tries = 0; ; tries++) {
    const reply = await fetch(url).catch(() => undefined);
    if (reply !== undefined) return await reply.json();
    if (tries > 200) throw new Error(`${url} does not answer`);
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}
