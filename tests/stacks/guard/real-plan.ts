import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { holdsProvider, providerFolder, providerVersion } from "../../../local/rehearsal/google-provider.ts";

/** One resource that Terraform believes to exist. */
export interface Existing {
  readonly type: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export const hasTerraform = spawnSync("terraform", ["version"]).status === 0;

/** The implicit mirror: Terraform takes the provider from there when no registry answers. */
export const hasGoogleProvider = hasTerraform && holdsProvider(providerFolder);

const google = { required_providers: { google: { source: "hashicorp/google", version: providerVersion } } };

/**
 * Lets real Terraform plan a configuration against what it believes to exist, without a network.
 *
 * @returns what `terraform show -json` prints
 */
export function planWithTerraform(
  configuration: Record<string, unknown>,
  existing: readonly Existing[],
): string {
  const folder = mkdtempSync(join(tmpdir(), "guard-plan-"));
  const { TF_CLI_CONFIG_FILE: _unused, ...inherited } = process.env;
  const env = { ...inherited, CHECKPOINT_DISABLE: "1", GOOGLE_OAUTH_ACCESS_TOKEN: "fake" };
  const terraform = (...words: string[]): string =>
    execFileSync("terraform", words, {
      cwd: folder,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  const needsGoogle = existing.some(({ type }) => type.startsWith("google_"));
  try {
    writeFileSync(
      join(folder, "main.tf.json"),
      JSON.stringify(needsGoogle ? { terraform: google, ...configuration } : configuration),
    );
    writeFileSync(join(folder, "terraform.tfstate"), JSON.stringify(stateOf(existing)));
    terraform("init", "-input=false");
    terraform("plan", "-input=false", "-refresh=false", "-out=plan");
    return terraform("show", "-json", "plan");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function stateOf(existing: readonly Existing[]): Record<string, unknown> {
  return {
    version: 4,
    terraform_version: "1.11.4",
    serial: 1,
    lineage: "00000000-0000-0000-0000-000000000000",
    outputs: {},
    resources: existing.map(({ type, name, attributes }) => ({
      mode: "managed",
      type,
      name,
      provider: type.startsWith("google_")
        ? 'provider["registry.terraform.io/hashicorp/google"]'
        : 'provider["terraform.io/builtin/terraform"]',
      instances: [{ schema_version: type === "google_storage_bucket" ? 3 : 0, attributes }],
    })),
  };
}
