import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readPackagesLate } from "../../stacks/late-packages.ts";

const require = createRequire(import.meta.url);

function filesRead(pattern: RegExp): readonly string[] {
  return Object.keys(require.cache).filter((file) => pattern.test(file));
}

test("cdktf reads neither at its start, and zips an asset all the same", async () => {
  readPackagesLate();
  const { App, AssetType, TerraformAsset, TerraformStack } = await import("cdktf");
  const folder = mkdtempSync(join(tmpdir(), "archived-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const page = join(folder, "page");
  mkdirSync(page);
  writeFileSync(join(page, "index.html"), "<!doctype html>");

  const app = new App({ outdir: join(folder, "out") });
  const stack = new TerraformStack(app, "site");
  const asset = new TerraformAsset(stack, "page", { path: page, type: AssetType.ARCHIVE, assetHash: "1" });
  // The process that zips finds Node as a shell does.
  const before = process.env["PATH"];
  process.env["PATH"] = `${dirname(process.execPath)}:${before}`;
  onTestFinished(() => {
    process.env["PATH"] = before;
  });
  app.synth();

  const zipped = readFileSync(join(app.outdir, "stacks/site", asset.path));
  expect(zipped.subarray(0, 2).toString()).toBe("PK");
  expect(filesRead(/node_modules\/(zip-stream|compress-commons|semver)\//)).toHaveLength(1);
});

test("a package is read when it is first used, and is then what it always is", async () => {
  readPackagesLate();
  await import("cdktf");
  const ofCdktf = createRequire(require.resolve("cdktf"));
  const semver = ofCdktf("semver") as { satisfies: (version: string, range: string) => boolean };
  expect(filesRead(/node_modules\/semver\//)).toHaveLength(1);
  expect(semver.satisfies("1.11.4", ">=1.5")).toBe(true);
  expect(semver.satisfies("1.4.0", ">=1.5")).toBe(false);
  expect(filesRead(/node_modules\/semver\//).length).toBeGreaterThan(10);
  const archiver = ofCdktf("archiver") as (format: string) => { pointer: () => number };
  expect(archiver("zip").pointer()).toBe(0);
});
