import { App, TerraformOutput, TerraformResource, TerraformStack } from "cdktf";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ContainerImage } from "../../constructs/container-image.ts";
import { prepareImage } from "../../image/prepare.ts";
import { startInMemoryRegistry } from "../image/in-memory-registry.ts";
import type { Fault, InMemoryRegistry } from "../image/in-memory-registry.ts";
import { needPrograms, run } from "../image/programs.ts";
import { sampleSources, writeSample } from "../image/sample-sources.ts";
import { temporaryFolder } from "../image/temporary-folder.ts";

const isLinux = process.platform === "linux" && process.arch === "x64";
let registry: InMemoryRegistry;
let fault: ((path: string) => Fault) | undefined;
let cacheFolder = "";

beforeAll(async () => {
  registry = await startInMemoryRegistry({ hasImmutableTags: true, fault: ({ path }) => fault?.(path) });
  cacheFolder = await temporaryFolder();
});
afterAll(() => registry.stop());

/** Stands for a service: it names the image, and waits for it. */
class Service extends TerraformResource {
  private readonly image: ContainerImage;

  constructor(scope: TerraformStack, image: ContainerImage) {
    super(scope, "service", { terraformResourceType: "terraform_data", dependsOn: [...image.dependsOn] });
    this.image = image;
  }

  /** What the state knows that it runs. */
  get running(): string {
    return this.getStringAttribute("output");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { input: this.image.uri };
  }
}

interface ShownPlan {
  resource_changes: { change: { before: Record<string, unknown>; after: Record<string, unknown> } }[];
}

/** A stack in a folder of its own, whose state outlives its synthesis. */
async function openStack() {
  const sources = await temporaryFolder();
  const work = await temporaryFolder();
  const terraform = async (...words: string[]) => {
    const { TF_CLI_CONFIG_FILE: _unread, ...variables } = process.env;
    const env = {
      ...variables,
      CHECKPOINT_DISABLE: "1",
      TF_IN_AUTOMATION: "1",
      IMGSTREAM_CACHE: cacheFolder,
      IMGSTREAM_REGISTRY_ENDPOINT: `http://${registry.host}`,
      GOOGLE_ARTIFACT_REGISTRY_CUSTOM_ENDPOINT: "http://127.0.0.1:1/",
    };
    return await run("terraform", [...words, "-no-color"], { cwd: work, env }).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        text: error.stdout + error.stderr,
      }),
    );
  };
  /** Synthesises from the sources as they are, as a checkout of that commit would. */
  const synthesise = async (changes: Readonly<Record<string, string>> = {}): Promise<string> => {
    await writeSample(sources, changes);
    const base = { reference: "gcr.io/distroless/cc-debian12:nonroot", digest: null, node: "lockfile" };
    const prepared = await prepareImage(sampleSources(sources, { nativePackages: [], base }), cacheFolder);
    const outdir = await temporaryFolder();
    const app = new App({ outdir });
    const stack = new TerraformStack(app, "unit");
    const image = new ContainerImage(stack, "image", {
      registry: { prefix: "europe-west1-docker.pkg.dev/p/r", birth: "today" },
      name: "sample",
      contentHash: prepared.contentHash,
      folder: prepared.folder,
      program: "push-program.mjs",
    });
    new TerraformOutput(stack, "running", { value: new Service(stack, image).running });
    app.synth();
    await rm(join(work, "assets"), { recursive: true, force: true });
    await mkdir(work, { recursive: true });
    await cp(join(outdir, "stacks/unit"), work, { recursive: true });
    await writeFile(join(work, "override.tf.json"), '{"terraform": {"backend": {"local": {}}}}');
    return image.uri;
  };
  return { terraform, synthesise };
}

const other = { "app/serve.ts": "export function serve(): void { console.log('another version'); }" };

test.runIf(isLinux)(
  "the first apply pushes, the second plan is empty, a touched file changes the reference and nothing else",
  async (context) => {
    needPrograms(context, ["terraform"]);
    const { terraform, synthesise } = await openStack();
    const first = await synthesise();
    expect((await terraform("init")).code).toBe(0);
    const applied = await terraform("apply", "-auto-approve");
    expect(applied.text).toContain(`${first} is pushed: sha256:`);
    // Whoever applies reads how far it is, while it goes on.
    for (const line of ["25 %", "50 %", "75 %", "uploaded"]) {
      expect(applied.text).toMatch(new RegExp(`\\(local-exec\\): .*, \\d+\\.\\d MB: ${line}$`, "m"));
    }
    expect(registry.manifests.has(first.replace("europe-west1-docker.pkg.dev/", "").replace(":", "/"))).toBe(
      true,
    );

    await synthesise();
    expect((await terraform("plan", "-detailed-exitcode")).code).toBe(0);

    const second = await synthesise(other);
    expect(second).not.toBe(first);
    const plan = await terraform("plan", "-detailed-exitcode", "-out=plan");
    expect(plan.code).toBe(2);
    // The push is made anew, the service is told another image, and the output says so.
    expect(plan.text).toContain("Plan: 1 to add, 1 to change, 1 to destroy.");
    const expectNothingElse = async (from: string, to: string) => {
      const shown = JSON.parse((await terraform("show", "-json", "plan")).text) as ShownPlan;
      expect(shown.resource_changes).toHaveLength(2);
      for (const { change } of shown.resource_changes) {
        const { id: _id, output: _output, ...before } = change.before;
        expect(JSON.stringify(before)).toContain(from);
        expect(JSON.parse(JSON.stringify(before).replaceAll(from, to))).toEqual(
          Object.fromEntries(Object.keys(before).map((name) => [name, change.after[name]])),
        );
      }
    };
    await expectNothingElse(first, second);
    expect((await terraform("apply", "plan")).text).toContain(`${second} is pushed`);

    // The way back: the older commit's plan names exactly the older image, which is still there.
    expect(await synthesise()).toBe(first);
    expect((await terraform("plan", "-detailed-exitcode", "-out=plan")).code).toBe(2);
    await expectNothingElse(second, first);
    const back = await terraform("apply", "plan");
    expect(back.text).toContain(`${first} is in the registry`);
    expect((await terraform("output", "-raw", "running")).text).toBe(first);
  },
  120_000,
);

test.runIf(isLinux)(
  "a failed push fails the apply before the service, and the next plan is not empty",
  async (context) => {
    needPrograms(context, ["terraform"]);
    const { terraform, synthesise } = await openStack();
    const first = await synthesise({ "app/more.ts": "export {};" });
    await terraform("init");
    await terraform("apply", "-auto-approve");

    const second = await synthesise({ ...other, "app/more.ts": "export {};" });
    fault = (path) => (path.includes("/manifests/") ? { kind: "status", status: 403 } : undefined);
    const failed = await terraform("apply", "-auto-approve");
    expect(failed.code).toBe(1);
    expect(failed.text).toContain(
      "refused to look for a manifest: 403. The account that deploys needs roles/artifactregistry.writer",
    );
    expect((await terraform("output", "-raw", "running")).text).toBe(first);
    // Still wrong, and said again.
    expect((await terraform("apply", "-auto-approve")).code).toBe(1);

    fault = undefined;
    expect((await terraform("plan", "-detailed-exitcode")).code).toBe(2);
    expect((await terraform("apply", "-auto-approve")).code).toBe(0);
    expect((await terraform("output", "-raw", "running")).text).toBe(second);
    expect((await terraform("plan", "-detailed-exitcode")).code).toBe(0);
  },
  120_000,
);

test("a tag that is no hash is refused", () => {
  const stack = new TerraformStack(new App(), "unit");
  const props = {
    registry: { prefix: "r/p", birth: "today" },
    name: "sample",
    contentHash: "latest",
    folder: import.meta.dirname,
    program: "push.mjs",
  };
  expect(() => new ContainerImage(stack, "image", props)).toThrow(
    "'contentHash' must be 32 to 64 hexadecimal digits, got 'latest'",
  );
});
