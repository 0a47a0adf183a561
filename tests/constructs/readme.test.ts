import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readStack } from "../stacks/plan-json.ts";
import { asModule, inFrame, makeNamedFolders, readExamples, readFrame } from "./readme-examples.ts";

const root = join(import.meta.dirname, "../..");
// Inside the checkout, so that the examples find cdktf and the provider as a project's own files do.
const folder = join(root, "node_modules/.cache/readme-examples");
const examples = readExamples();

const frame = readFrame();

function fromSources(code: string): string {
  return code
    .replaceAll('"imgstream/rules"', `"${root}/constructs/rules/index.ts"`)
    .replaceAll(/"imgstream\/(.+?)"/g, `"${root}/constructs/$1.ts"`);
}

/** Runs a program beside the examples. Resolves to what Terraform reads. */
async function synthesiseFramed(name: string, program: string): Promise<string> {
  const outdir = mkdtempSync(join(tmpdir(), "imgstream-frame-"));
  vi.stubEnv("CDKTF_OUTDIR", outdir);
  try {
    const file = join(folder, `${name}.main.ts`);
    writeFileSync(file, fromSources(program));
    await import(file);
    return readFileSync(join(outdir, "stacks/production/cdk.tf.json"), "utf8");
  } finally {
    vi.unstubAllEnvs();
    rmSync(outdir, { recursive: true });
  }
}

beforeAll(() => makeNamedFolders(folder));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(examples)(
  "the example of $title makes what stands below it, and keeps the rules",
  async (example) => {
    const name = example.title.replaceAll(/\W+/g, "-");
    writeFileSync(join(folder, `${name}.ts`), fromSources(asModule(example)));
    const { resources } = readStack(await synthesiseFramed(name, inFrame(frame, `./${name}.ts`)));
    const counts: Record<string, number> = {};
    for (const { type } of resources) counts[type] = (counts[type] ?? 0) + 1;
    expect(counts).toEqual(example.makes);
  },
);

test("what the examples stand in synthesises", async () => {
  const { provider } = JSON.parse(await synthesiseFramed("nothing", frame)) as {
    provider: { google: readonly object[] };
  };
  expect(provider.google).toEqual([{ project: "acme-photos", region: "europe-west1" }]);
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
