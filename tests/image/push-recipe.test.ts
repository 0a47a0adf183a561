import { join } from "node:path";
import { afterEach, beforeAll, expect, test } from "vitest";
import { prepareImage } from "../../image/prepare.ts";
import type { PreparedImage } from "../../image/prepare.ts";
import { type ProgramVariables, pushRecipe } from "../../image/push-recipe.ts";
import { type InMemoryRegistry, startInMemoryRegistry } from "./in-memory-registry.ts";
import { run } from "./programs.ts";
import { sampleSources, writeSample } from "./sample-sources.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const isLinux = process.platform === "linux" && process.arch === "x64";
const registryName = "europe-west1-docker.pkg.dev";

let prepared: PreparedImage;
let unreachable: PreparedImage;
let cacheFolder = "";
beforeAll(async () => {
  const folder = await temporaryFolder();
  cacheFolder = await temporaryFolder();
  await writeSample(folder);
  const node = "lockfile";
  prepared = await prepareImage(
    sampleSources(folder, { nativePackages: [], base: { reference: "gcr.io/base:1", digest: null, node } }),
    cacheFolder,
  );
  const stopped = await startInMemoryRegistry();
  await stopped.stop();
  const base = { reference: `${stopped.host}/base:1`, digest: `sha256:${"1".repeat(64)}`, node };
  unreachable = await prepareImage(sampleSources(folder, { nativePackages: [], base }), cacheFolder);
});

const running: InMemoryRegistry[] = [];
afterEach(async () => {
  for (const registry of running.splice(0)) await registry.stop();
});

async function variablesFor(
  image: PreparedImage,
): Promise<{ registry: InMemoryRegistry; variables: ProgramVariables }> {
  const registry = await startInMemoryRegistry();
  running.push(registry);
  const variables = {
    REFERENCE: `${registryName}/p/r/app:${image.contentHash}`,
    RECIPE: image.folder,
    IMGSTREAM_CACHE: cacheFolder,
    IMGSTREAM_REGISTRY_ENDPOINT: `http://${registry.host}`,
    GOOGLE_ARTIFACT_REGISTRY_CUSTOM_ENDPOINT: "http://127.0.0.1:1/",
  };
  return { registry, variables };
}

test.runIf(isLinux)(
  "the program that ships beside a recipe pushes it, and finds it there the second time",
  async () => {
    const { registry, variables } = await variablesFor(prepared);
    // Elsewhere than in the repository, so that nothing of it is found by accident.
    const where = {
      cwd: await temporaryFolder(),
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...variables },
    };
    const program = join(prepared.folder, "push-program.mjs");
    const { stdout } = await run(process.execPath, [program], where);
    expect(stdout).toContain(`${variables["REFERENCE"]} is pushed: sha256:`);
    const manifest = registry.manifests.get(`p/r/app/${prepared.contentHash}`);
    expect(JSON.parse(String(manifest))).toMatchObject({
      annotations: { "org.opencontainers.image.base.name": "this-machine" },
    });
    const writes = registry.requests.length;
    expect((await run(process.execPath, [program], where)).stdout).toContain("is in the registry: sha256:");
    expect(registry.requests.length).toBe(writes + 1);
  },
  120_000,
);

test("a failed push is one sentence and an exit code", async () => {
  const { variables } = await variablesFor(prepared);
  const failing = run(process.execPath, [join(prepared.folder, "push-program.mjs")], {
    env: {
      PATH: process.env["PATH"],
      ...variables,
      IMGSTREAM_REGISTRY_ENDPOINT: "http://registry.example.com",
    },
  });
  await expect(failing).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^a registry's endpoint may only be on this machine[^\n]*\n$/),
  });
});

test.runIf(isLinux)(
  "a pinned base that cannot be reached is replaced on this machine, and only there",
  async () => {
    const { variables } = await variablesFor(unreachable);
    const lines: string[] = [];
    await pushRecipe(variables, (line) => lines.push(line));
    expect(lines[0]).toMatch(
      /cannot be reached.*: the image stands on this machine's own libraries instead$/,
    );
  },
  120_000,
);

test("a rehearsal that forgot to redirect the registry is stopped", async () => {
  const { variables } = await variablesFor(prepared);
  const { IMGSTREAM_REGISTRY_ENDPOINT: _, ...elsewhere } = variables;
  await expect(pushRecipe(elsewhere, () => undefined)).rejects.toThrow(
    "set IMGSTREAM_REGISTRY_ENDPOINT to a registry here as well",
  );
});

test("a deploy with a rehearsal's variable left over is stopped before anything is pushed", async () => {
  const { registry, variables } = await variablesFor(prepared);
  for (const api of [undefined, "https://artifactregistry.example.com/v1/"]) {
    const leftOver = { ...variables, GOOGLE_ARTIFACT_REGISTRY_CUSTOM_ENDPOINT: api };
    await expect(pushRecipe(leftOver, () => undefined)).rejects.toThrow(
      `IMGSTREAM_REGISTRY_ENDPOINT is set and GOOGLE_ARTIFACT_REGISTRY_CUSTOM_ENDPOINT does not lead to this machine: unset it, for what is deployed looks for its image in ${registryName}`,
    );
  }
  expect(registry.requests).toHaveLength(0);
});

test("a name that is not the recipe's own is refused", async () => {
  const { variables } = await variablesFor(prepared);
  const other = { ...variables, REFERENCE: `${registryName}/p/r/app:${"0".repeat(64)}` };
  await expect(pushRecipe(other, () => undefined)).rejects.toThrow("does not name what the recipe holds");
  await expect(pushRecipe({ ...variables, RECIPE: "/nowhere" }, () => undefined)).rejects.toThrow("ENOENT");
});
