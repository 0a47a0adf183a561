import { AssetType, TerraformAsset, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

const folder = join(import.meta.dirname, "apply");

/** Sources run as they are; the published package carries them compiled. */
const extension = import.meta.filename.endsWith(".ts") ? ".mts" : ".mjs";

export const applyPrograms = [
  "deploy-gate",
  "first-roll-out",
  "redis-password",
  "secret-version",
  "service-identities",
  "serving-revision",
  "signing-key",
  "static-files",
] as const;

/** A program that the apply runs, by its file's name; or one that travels with an asset of its own. */
export type ApplyProgram =
  | (typeof applyPrograms)[number]
  | { readonly asset: TerraformAsset; readonly file: string };

/**
 * The shell command that runs a program during an apply. The programs travel with the stack as one asset, so that
 * what is applied needs no checkout.
 */
export function applyCommand(scope: Construct, program: ApplyProgram): string {
  if (typeof program === "object") return `node ${join(program.asset.path, program.file)}`;
  const stack = TerraformStack.of(scope);
  const id = "apply-programs";
  const found = stack.node.tryFindChild(id);
  const asset = found instanceof TerraformAsset ? found : folderAsset(stack, id, folder);
  return `node ${join(asset.path, `${program}${extension}`)}`;
}

/**
 * A folder that travels with a stack. Its hash is of names and contents in an order of ours: cdktf's own goes by
 * the file system's.
 */
export function folderAsset(scope: Construct, id: string, path: string): TerraformAsset {
  const hash = createHash("sha256");
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.toSorted()) {
    hash
      .update(`${relative(path, file).split(sep).join("/")}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  const assetHash = hash.digest("hex").slice(0, 32).toUpperCase();
  return new TerraformAsset(scope, id, { path, type: AssetType.DIRECTORY, assetHash });
}
