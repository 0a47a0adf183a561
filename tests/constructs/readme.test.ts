import { GoogleProvider } from "@cdktf/provider-google/lib/provider/index.js";
import { Aspects } from "cdktf";
import type { TerraformStack } from "cdktf";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Labels } from "../../constructs/labels.ts";
import { checkRules } from "../../constructs/rules/index.ts";
import { SelfContainedStack } from "../../constructs/self-contained-stack.ts";
import { synthesise } from "../stacks/plan-json.ts";
import { asModule, makeNamedFolders, readExamples } from "./readme-examples.ts";

const root = join(import.meta.dirname, "../..");
// Inside the checkout, so that the examples find cdktf and the provider as a project's own files do.
const folder = join(root, "node_modules/.cache/readme-examples");
const examples = readExamples();

const frame = /```ts\n(.*?)```/s.exec(readFileSync(join(root, "constructs/README.md"), "utf8"))?.[1] ?? "";

function fromSources(code: string): string {
  return code
    .replaceAll('"imgstream/rules"', `"${root}/constructs/rules/index.ts"`)
    .replaceAll(/"imgstream\/(.+?)"/g, `"${root}/constructs/$1.ts"`);
}

beforeAll(() => makeNamedFolders(folder));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(examples)(
  "the example of $title makes what stands below it, and keeps the rules",
  async (example) => {
    const file = join(folder, `${example.title.replaceAll(/\W+/g, "-")}.ts`);
    writeFileSync(file, fromSources(asModule(example)));
    const { default: declare } = (await import(file)) as { default: (stack: TerraformStack) => void };
    const { resources } = synthesise((app) => {
      const stack = new SelfContainedStack(app, "example");
      new GoogleProvider(stack, "google", { project: "acme-photos", region: "europe-west1" });
      declare(stack);
      Aspects.of(stack).add(new Labels({ application: "example" }));
      checkRules(stack);
      return stack;
    });
    const counts: Record<string, number> = {};
    for (const { type } of resources) counts[type] = (counts[type] ?? 0) + 1;
    expect(counts).toEqual(example.makes);
  },
);

test("what the examples stand in synthesises", async () => {
  const outdir = mkdtempSync(join(tmpdir(), "imgstream-frame-"));
  vi.stubEnv("CDKTF_OUTDIR", outdir);
  try {
    const file = join(folder, "frame.ts");
    writeFileSync(file, fromSources(frame));
    await import(file);
    const { provider } = JSON.parse(readFileSync(join(outdir, "stacks/production/cdk.tf.json"), "utf8")) as {
      provider: { google: readonly object[] };
    };
    expect(provider.google).toEqual([{ project: "acme-photos", region: "europe-west1" }]);
  } finally {
    vi.unstubAllEnvs();
    rmSync(outdir, { recursive: true });
  }
});

test("every construct has an example", () => {
  const sources = globSync("constructs/{*,edge/*}.ts", { cwd: root }).map((file) =>
    readFileSync(join(root, file), "utf8"),
  );
  const classes = sources.flatMap((source) =>
    [...source.matchAll(/^export class (\w+)/gm)].map(([, name]) => name ?? ""),
  );
  expect(classes.length).toBeGreaterThan(25);
  const shown = [frame, ...examples.map(({ body }) => body)].join("\n");
  const missing = classes.filter((name) => !shown.includes(`new ${name}(`));
  expect(missing).toEqual([]);
});

test("every construct is exported from the index", () => {
  const index = readFileSync(join(root, "constructs/index.ts"), "utf8");
  const files = globSync("constructs/{*,edge/*}.ts", { cwd: root })
    .map((file) => file.replace("constructs/", "./"))
    .filter((file) => !["./index.ts", "./grant-id.ts"].includes(file));
  expect(files.filter((file) => !index.includes(`"${file}"`))).toEqual([]);
});
