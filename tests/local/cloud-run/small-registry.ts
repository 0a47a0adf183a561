import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "../../../local/free-port.ts";

export const hasRegistry = spawnSync("docker-registry", ["--version"]).status === 0;

export interface SmallRegistry {
  readonly origin: string;
  /** Pushes an image of these layers, each a folder's content, and gives its manifest's digest. */
  push(repository: string, tag: string, folders: readonly string[], config: object): Promise<string>;
  close(): void;
}

/** Debian's docker-registry on a free port with a folder of its own. */
export async function startSmallRegistry(): Promise<SmallRegistry> {
  const folder = mkdtempSync(join(tmpdir(), "imgstream-registry-"));
  const port = await freePort();
  const settings = join(folder, "config.yml");
  writeFileSync(
    settings,
    `version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: ${folder}/data\n` +
      `http:\n  addr: 127.0.0.1:${port}\n`,
  );
  const server = spawn("docker-registry", ["serve", settings], { stdio: "ignore" });
  const origin = `http://127.0.0.1:${port}`;
  for (let attempt = 0; ; attempt += 1) {
    if ((await fetch(`${origin}/v2/`).catch(() => undefined))?.ok === true) break;
    if (attempt > 200) throw new Error("docker-registry does not answer");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const blob = async (repository: string, bytes: Buffer): Promise<{ digest: string; size: number }> => {
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    const started = await fetch(`${origin}/v2/${repository}/blobs/uploads/`, { method: "POST" });
    const address = new URL(started.headers.get("location") ?? "", origin);
    address.searchParams.set("digest", digest);
    const stored = await fetch(address, { method: "PUT", body: bytes });
    if (!stored.ok) throw new Error(`the registry answered ${stored.status}`);
    return { digest, size: bytes.length };
  };
  return {
    origin,
    push: async (repository, tag, folders, config) => {
      const archives = folders.map((content) => tarOf(content));
      const layers = await Promise.all(archives.map((archive) => blob(repository, archive)));
      const diffIds = archives.map(
        (archive) => `sha256:${createHash("sha256").update(archive).digest("hex")}`,
      );
      const configuration = {
        architecture: "amd64",
        os: "linux",
        config,
        rootfs: { type: "layers", diff_ids: diffIds },
      };
      const manifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        config: {
          mediaType: "application/vnd.oci.image.config.v1+json",
          ...(await blob(repository, Buffer.from(JSON.stringify(configuration)))),
        },
        layers: layers.map((layer) => ({ mediaType: "application/vnd.oci.image.layer.v1.tar", ...layer })),
      });
      const answer = await fetch(`${origin}/v2/${repository}/manifests/${tag}`, {
        method: "PUT",
        headers: { "content-type": "application/vnd.oci.image.manifest.v1+json" },
        body: manifest,
      });
      if (!answer.ok) throw new Error(`the registry answered ${answer.status}`);
      return `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
    },
    close: () => {
      server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Node and the libraries that it is linked against, from this machine, as an image's root. */
export function makeNodeRoot(folder: string): void {
  const libraries = execFileSync("ldd", [process.execPath], { encoding: "utf8" }).matchAll(/(\/\S+)/g);
  const files = [process.execPath, ...[...libraries].map(([path]) => path)];
  for (const file of new Set(files)) {
    const target = file === process.execPath ? "/nodejs/bin/node" : file;
    mkdirSync(dirname(join(folder, target)), { recursive: true });
    copyFileSync(file, join(folder, target));
  }
}

function tarOf(folder: string): Buffer {
  const archive = `${folder}.tar`;
  execFileSync("tar", ["--create", "--file", archive, "--directory", folder, "."]);
  const bytes = readFileSync(archive);
  rmSync(archive);
  return bytes;
}
