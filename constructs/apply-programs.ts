import { TerraformAsset, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { join } from "node:path";
import { FolderAsset } from "./folder-asset.ts";

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
  const asset = found instanceof TerraformAsset ? found : new FolderAsset(stack, id, folder);
  return `node ${join(asset.path, `${program}${extension}`)}`;
}
