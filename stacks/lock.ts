/** `npm run lock`: asks Terraform's registry once for the provider's checksums on every platform, and keeps them. */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { providerLock } from "./provider-lock.ts";

const platforms = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64", "windows_amd64"];

const outdir = mkdtempSync(join(tmpdir(), "imgstream-lock-"));
try {
  const env = { ...process.env, CDKTF_OUTDIR: outdir, CHECKPOINT_DISABLE: "1" };
  execFileSync(process.execPath, [join(import.meta.dirname, "main.ts")], { env, stdio: "inherit" });
  const cwd = join(outdir, "stacks/dev");
  const binary = process.env["TERRAFORM_BINARY_NAME"] ?? "terraform";
  // A lock that is there already would only be added to.
  rmSync(join(cwd, ".terraform.lock.hcl"), { force: true });
  const words = ["providers", "lock", ...platforms.map((platform) => `-platform=${platform}`)];
  const { status, stderr, error } = spawnSync(binary, words, { cwd, env, encoding: "utf8" });
  if (status === 0) {
    copyFileSync(join(cwd, ".terraform.lock.hcl"), providerLock);
    console.log("stacks/terraform.lock.hcl is written: commit it");
  } else {
    console.error(
      `The provider could not be locked: '${binary} providers lock' needs Terraform, and a network that reaches ` +
        `registry.terraform.io\n${error?.message ?? stderr.trim()}`,
    );
    process.exitCode = 1;
  }
} finally {
  rmSync(outdir, { recursive: true });
}
