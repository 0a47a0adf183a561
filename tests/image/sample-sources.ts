import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ImageSources } from "../../image/image-sources.ts";

const root = join(import.meta.dirname, "../..");

/** The repository's own lockfile, and a small program and page in the workspace `app`. */
export const sampleFiles: Readonly<Record<string, string>> = {
  "app/main.ts": `import { serve } from "./serve.ts"; serve();`,
  "app/serve.ts": `import { createServer } from "node:http";
export function serve(): void {
  createServer((_request, response) => response.end("served")).listen(Number(process.env["PORT"] ?? 8080));
}`,
  "app/web/index.html": `<!doctype html><html><head></head><body><script type="module" src="./page.ts"></script></body></html>`,
  "app/web/page.ts": `document.title = "sample";`,
};

/** Writes the sample into a folder as if it were a checkout after \`npm ci\`. */
export async function writeSample(
  folder: string,
  changes: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (const [path, text] of Object.entries({ ...sampleFiles, ...changes })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await mkdir(join(folder, "node_modules"), { recursive: true });
  for (const path of ["package-lock.json", "node_modules/.package-lock.json"]) {
    if (changes[path] === undefined) await copyFile(join(root, path), join(folder, path));
  }
}

/** An image without Node and with one small package, so that a test of the rest is quick. */
export function sampleSources(rootFolder: string, changes: Partial<ImageSources> = {}): ImageSources {
  return {
    rootFolder,
    name: "sample",
    license: "Apache-2.0",
    workspace: "app",
    entry: "app/main.ts",
    page: "app/web",
    nativePackages: ["thumbhash"],
    base: { reference: "registry.example/base:1", digest: null, node: "/nodejs/bin/node" },
    command: ["web"],
    environment: { NODE_ENV: "production" },
    port: 8080,
    ...changes,
  };
}

export async function repositoryLockfile(): Promise<string> {
  return await readFile(join(root, "package-lock.json"), "utf8");
}
