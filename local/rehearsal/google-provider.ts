import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export const providerVersion = "6.50.0";

/** Where Terraform looks before it asks a registry: https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories */
export const providerFolder = join(homedir(), ".terraform.d/plugins/registry.terraform.io/hashicorp/google");

/**
 * Whether Terraform finds the provider in a folder of its mirror: unpacked below its version, or as it was fetched.
 * https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror
 */
export function holdsProvider(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const packed = `terraform-provider-google_${providerVersion}_`;
  return readdirSync(folder).some((name) => name === providerVersion || name.startsWith(packed));
}
