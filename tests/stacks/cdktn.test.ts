import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "imgstream-cdktn-"));
const run = promisify(execFile);

afterAll(() => rmSync(folder, { recursive: true }));

/** The fork under cdktf's name, for every import and require of ours and of the provider's. */
const alias = `
import { createRequire, registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
const require = createRequire(import.meta.url);
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== "cdktf") return next(specifier, context);
    return { url: pathToFileURL(require.resolve("cdktn")).href, shortCircuit: true };
  },
});
`;

async function install(): Promise<string | undefined> {
  writeFileSync(join(folder, "package.json"), '{"name": "fork", "private": true}');
  writeFileSync(join(folder, "alias.mjs"), alias);
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  try {
    await run("npm", ["install", ...flags, "cdktn@0.24.0", "constructs@10.7.2"], { cwd: folder });
    return undefined;
  } catch (error) {
    return String((error as { stderr?: unknown }).stderr);
  }
}

const refusal = await install();
const isSkipped = refusal !== undefined && !process.env["CI"];

interface Synthesis {
  readonly "//": { readonly metadata: { readonly version: string } };
}

/** All stacks by name, with the version of what synthesised them apart. */
async function synthesise(
  name: string,
  words: readonly string[],
): Promise<{ version: string; stacks: unknown }> {
  const outdir = join(folder, name);
  await run(process.execPath, [...words, "stacks/main.ts"], {
    cwd: root,
    env: { ...process.env, CDKTF_OUTDIR: outdir },
  });
  const manifest = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")) as {
    stacks: Record<string, object>;
  };
  const stacks = Object.keys(manifest.stacks).map((stack) => {
    const text = readFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "utf8");
    const { "//": comment, ...rest } = JSON.parse(text) as Synthesis;
    const { version, ...metadata } = comment.metadata;
    return { stack, version, content: { ...rest, metadata } };
  });
  const [first] = stacks;
  if (first === undefined) throw new Error(`${name} synthesised nothing`);
  return { version: first.version, stacks: stacks.map(({ stack, content }) => ({ stack, content })) };
}

describe.skipIf(isSkipped)(
  `the fork cdktn${isSkipped ? " (skipped: npm's registry is out of reach)" : ""}`,
  () => {
    test("synthesises the same JSON of every stack, but for the version", async () => {
      expect(refusal).toBeUndefined();
      const ours = await synthesise("cdktf", []);
      const fork = await synthesise("cdktn", ["--import", join(folder, "alias.mjs")]);
      expect([ours.version, fork.version]).toEqual(["0.21.0", "0.24.0"]);
      expect(fork.stacks).toEqual(ours.stacks);
    }, 60_000);
  },
);
