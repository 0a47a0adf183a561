import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest";
import {
  findStacksToDeploy,
  readFromProc,
  readWithPs,
  type RunningProcess,
} from "../../stacks/command/calling-cdktf.ts";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "imgstream-calling-"));

afterAll(() => rmSync(folder, { recursive: true }));

/** A synthesis under a shell under cdktf under npx. */
function calledBy(...cdktf: readonly string[]): readonly string[] {
  const running: Readonly<Record<number, RunningProcess>> = {
    40: { parent: 30, words: ["/bin/sh", "-c", "node stacks/main.ts", ""] },
    30: { parent: 20, words: cdktf },
    20: { parent: 10, words: ["npm exec cdktf deploy production"] },
    10: { parent: 1, words: ["/a/cdktf", "deploy", "production"] },
  };
  return findStacksToDeploy(40, (id) => running[id]);
}

test.each([
  [["node", "/a/node_modules/.bin/cdktf", "deploy", "dev", "--auto-approve"], ["dev"]],
  [
    ["node", "C:\\a\\cdktf.js", "apply", "dev", "bootstrap-dev"],
    ["dev", "bootstrap-dev"],
  ],
  [["node", "/a/cdktn", "--log-level", "debug", "watch", "bootstrap-*"], bootstraps()],
  [
    ["node", "/a/cdktf", "deploy", "*"],
    ["dev", "staging", "production", ...bootstraps()],
  ],
  [["node", "/a/cdktf", "deploy"], []],
  [["node", "/a/cdktf", "diff", "dev"], []],
  [["node", "/a/cdktf", "synth"], []],
  [["node", "/a/cdktf", "destroy", "dev"], []],
])("%j is about to deploy %j", (cdktf, stacks) => {
  expect(calledBy(...cdktf)).toEqual(stacks);
});

function bootstraps(): readonly string[] {
  return ["bootstrap-dev", "bootstrap-staging", "bootstrap-production"];
}

test("another caller deploys nothing, however its own caller is called, nor does one that cannot be read", () => {
  expect(findStacksToDeploy(7, (id) => ({ parent: id - 1, words: ["vim", "cdktf.md"] }))).toEqual([]);
  expect(findStacksToDeploy(7, () => undefined)).toEqual([]);
});

describe.skipIf(process.platform === "win32")("a process", () => {
  const hasPs = spawnSync("ps").status === 0;
  const readers = [
    { by: "/proc", read: readFromProc, isThere: process.platform === "linux" },
    { by: hasPs ? "ps" : "ps (skipped: install procps)", read: readWithPs, isThere: hasPs },
  ];
  test.for(readers)("is read with its words and its parent by $by", ({ read, isThere }, { skip }) => {
    if (!isThere && !(process.env["CI"] === "true" && read === readWithPs)) skip();
    expect(read(process.pid)).toMatchObject({ parent: process.ppid });
    expect(read(process.pid)?.words.length).toBeGreaterThan(0);
    expect(read(2 ** 22 + 1)).toBeUndefined();
    // A line of 80 characters ends within the path of most checkouts' cdktf.
    vi.stubEnv("COLUMNS", "80");
    const long = ["-e", "setInterval(() => {}, 1000)", `/${"long/".repeat(60)}cdktf`, "deploy", "dev"];
    const child = spawn(process.execPath, long, { stdio: "ignore" });
    onTestFinished(() => {
      child.kill();
      vi.unstubAllEnvs();
    });
    expect(findStacksToDeploy(child.pid ?? 0, read)).toEqual(["dev"]);
  });

  test("that is cdktf itself, deploying examples, ends with file and line before Terraform is asked for anything", () => {
    const asked = join(folder, "asked");
    const terraform = join(folder, "terraform");
    writeFileSync(terraform, `#!/bin/sh\necho "$@" >> ${asked}\necho Terraform v1.11.4\n`);
    chmodSync(terraform, 0o755);
    const cdktf = join(
      dirname(createRequire(import.meta.url).resolve("cdktf-cli/package.json")),
      "bundle/bin/cdktf",
    );
    const { status, stderr } = spawnSync(
      process.execPath,
      [cdktf, "deploy", "dev", "--skip-provider-lock", "--output", join(folder, "cdktf.out")],
      {
        cwd: root,
        encoding: "utf8",
        env: {
          PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
          HOME: folder,
          CHECKPOINT_DISABLE: "1",
          DISABLE_VERSION_CHECK: "1",
          TERRAFORM_BINARY_NAME: terraform,
        },
      },
    );
    expect(status).toBe(1);
    expect(stderr).toContain("This cannot be deployed to Google as it is:");
    expect(stderr).toMatch(/environments\/dev\.ts:\d+: project\.id is the example 'imgstream-dev'/);
    expect(stderr).toMatch(/image\/base\.json:\d+: digest is null/);
    expect(stderr).not.toContain("environments/staging.ts");
    expect(existsSync(join(folder, "cdktf.out/stacks"))).toBe(false);
    const words = existsSync(asked) ? readFileSync(asked, "utf8") : "";
    expect(words).not.toMatch(/^(init|plan|apply)/m);
  }, 60_000);
});
