import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { leaveOutArchiver } from "../../stacks/left-out-archiver.ts";

test("cdktf does not read its archiver, and zips an asset all the same", async () => {
  leaveOutArchiver();
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
  const cached = Object.keys(createRequire(import.meta.url).cache);
  expect(cached.filter((file) => /node_modules\/(zip-stream|compress-commons)\//.test(file))).toEqual([]);
});
