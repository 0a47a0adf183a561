import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hasProvider, whySkipped } from "../local/google-apis/real-terraform.ts";

const root = join(import.meta.dirname, "../..");
const mirror = join(homedir(), ".terraform.d/plugins");

/** A checkout of its own, so that no lock is written into this one. */
const checkout = mkdtempSync(join(tmpdir(), "imgstream-lock-test-"));
const { TF_CLI_CONFIG_FILE: _unread, ...variables } = process.env;
const env = {
  ...variables,
  CHECKPOINT_DISABLE: "1",
  CDKTF_OUTDIR: join(checkout, "out"),
  GOOGLE_OAUTH_ACCESS_TOKEN: "fake",
};

beforeAll(() => {
  for (const name of ["constructs", "environments", "image", "monitoring", "node_modules"])
    symlinkSync(join(root, name), join(checkout, name));
  for (const name of ["app", "stacks", "package.json", "package-lock.json"])
    cpSync(join(root, name), join(checkout, name), { recursive: true });
  rmSync(join(checkout, "stacks/terraform.lock.hcl"), { force: true });
});
afterAll(() => rmSync(checkout, { recursive: true }));

/** `npm run lock`, with a program in Terraform's place that runs these lines in the stack's folder. */
function lock(...lines: readonly string[]) {
  const terraform = join(checkout, "terraform");
  writeFileSync(terraform, ["#!/bin/sh", "set -e", ...lines, ""].join("\n"));
  chmodSync(terraform, 0o755);
  return spawnSync(process.execPath, ["stacks/lock.ts"], {
    cwd: checkout,
    encoding: "utf8",
    env: { ...env, TERRAFORM_BINARY_NAME: terraform },
  });
}

const lockBeside = (stack: string) => join(checkout, "out/stacks", stack, ".terraform.lock.hcl");

function synthesise(): void {
  execFileSync(process.execPath, ["stacks/main.ts"], { cwd: checkout, env });
}

test("no lock is kept of what failed, and a synthesis without one writes none", () => {
  const { status, stderr } = lock("echo half > .terraform.lock.hcl", "echo no such host >&2", "exit 1");
  expect(status).toBe(1);
  expect(stderr).toContain("a network that reaches registry.terraform.io\nno such host");
  expect(existsSync(join(checkout, "stacks/terraform.lock.hcl"))).toBe(false);
  synthesise();
  expect(existsSync(lockBeside("dev"))).toBe(false);
});

test("what Terraform locks for five platforms is kept, and lies beside every stack from then on", () => {
  const { status, stdout } = lock('echo "$@" > .terraform.lock.hcl');
  expect(status).toBe(0);
  expect(stdout).toContain("stacks/terraform.lock.hcl is written: commit it");
  synthesise();
  const platforms = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64", "windows_amd64"];
  const words = `providers lock ${platforms.map((platform) => `-platform=${platform}`).join(" ")}\n`;
  for (const stack of ["dev", "staging", "production"]) {
    expect(readFileSync(lockBeside(stack), "utf8")).toBe(words);
    expect(readFileSync(lockBeside(`bootstrap-${stack}`), "utf8")).toBe(words);
  }
});

test.skipIf(!hasProvider)(
  `Terraform takes the provider of the lock, and no other${whySkipped}`,
  () => {
    // The mirror has one platform, and stands for the registry.
    const words = `providers lock -fs-mirror="${mirror}" -platform=linux_amd64`;
    expect(lock(`exec "${terraformPath()}" ${words}`)).toMatchObject({ status: 0, stderr: "" });
    synthesise();
    const cwd = join(checkout, "out/stacks/dev");
    writeFileSync(join(cwd, "override.tf.json"), '{"terraform": {"backend": {"local": {}}}}');
    const init = () =>
      spawnSync("terraform", ["init", "-input=false", "-no-color", "-lockfile=readonly"], {
        cwd,
        env,
        encoding: "utf8",
      });
    expect(init()).toMatchObject({ status: 0 });
    const spoilt = readFileSync(lockBeside("dev"), "utf8").replaceAll(/"(h1|zh):[^"]{8}/g, '"$1:AAAAAAAA');
    rmSync(join(cwd, ".terraform"), { recursive: true });
    writeFileSync(lockBeside("dev"), spoilt);
    const { status, stderr } = init();
    expect(status).toBe(1);
    expect(stderr).toMatch(/doesn't match any of the\s+checksums/);
  },
  60_000,
);

function terraformPath(): string {
  return execFileSync("which", ["terraform"], { encoding: "utf8" }).trim();
}
