import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";

/**
 * Which provider exactly: Terraform's lock file, written once by `npm run lock`, committed here, and copied beside
 * every stack at synthesis, for what is beside the stacks is generated.
 */
export const providerLock = join(import.meta.dirname, "terraform.lock.hcl");

/** Why a deploy to Google must not begin, if the lock is not there. */
export function refusalOfMissingLock(): readonly string[] {
  if (existsSync(providerLock)) return [];
  return ["stacks/terraform.lock.hcl is missing: run 'npm run lock' with a network once, and commit it"];
}

/** Copies the lock beside each stack that was synthesised. */
export function copyProviderLock(outdir: string, stacks: readonly string[]): void {
  if (!existsSync(providerLock)) return;
  for (const stack of stacks)
    copyFileSync(providerLock, join(outdir, "stacks", stack, ".terraform.lock.hcl"));
}
