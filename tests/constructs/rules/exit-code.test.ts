import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const program = join(import.meta.dirname, "programs/broken-app.ts");
const cdktf = join(
  dirname(createRequire(import.meta.url).resolve("cdktf-cli/package.json")),
  "bundle/bin/cdktf",
);
let outdir = "";

beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "rules-exit-"));
  const project = {
    language: "typescript",
    app: `${process.execPath} ${program}`,
    sendCrashReports: "false",
  };
  writeFileSync(join(outdir, "cdktf.json"), JSON.stringify(project));
});
afterEach(() => {
  rmSync(outdir, { recursive: true });
});

test.each([
  ["node", [program]],
  ["cdktf synth", [cdktf, "synth", "--output", "out"]],
])(
  "a violation ends %s with an error in readable words, and writes no stack",
  (_name, words) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, words, {
      cwd: outdir,
      encoding: "utf8",
      env: {
        ...process.env,
        CDKTF_OUTDIR: join(outdir, "out"),
        CHECKPOINT_DISABLE: "1",
        DISABLE_VERSION_CHECK: "1",
        CI: "true",
      },
    });
    expect(status).not.toBe(0);
    const output = stdout + stderr;
    expect(output).toContain(
      'google_storage_bucket.photos (theirs/photos): public_access_prevention is not set, not "enforced"',
    );
    expect(output).toContain("rule bucket-uniform-access: ");
    expect(output).toContain('remedy: Set public_access_prevention to "enforced".');
    expect(existsSync(join(outdir, "out/stacks/theirs/cdk.tf.json"))).toBe(false);
  },
  120_000,
);
