import { AssetType, TerraformAsset, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "apply");

/** Sources run as they are; the published package carries them compiled. */
const extension = import.meta.filename.endsWith(".ts") ? ".mts" : ".mjs";

export const applyPrograms = ["deploy-gate", "secret-version", "service-identities", "signing-key"] as const;

/** A program that the apply runs, by its file's name. */
export type ApplyProgram = (typeof applyPrograms)[number];

/**
 * The shell command that runs a program during an apply. The programs travel with the stack as one asset, so that
 * what is applied needs no checkout.
 */
export function applyCommand(scope: Construct, program: ApplyProgram): string {
  const stack = TerraformStack.of(scope);
  const id = "apply-programs";
  const found = stack.node.tryFindChild(id);
  const asset =
    found instanceof TerraformAsset
      ? found
      : new TerraformAsset(stack, id, {
          path: folder,
          type: AssetType.DIRECTORY,
          assetHash: hashOfPrograms(),
        });
  return `node ${join(asset.path, `${program}${extension}`)}`;
}

/** Of names and contents in an order of ours: cdktf's own hash goes by the file system's. */
function hashOfPrograms(): string {
  const hash = createHash("sha256");
  for (const file of readdirSync(folder).toSorted()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(folder, file)))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 32).toUpperCase();
}
