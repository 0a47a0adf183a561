import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

type Variables = Readonly<Record<string, string | undefined>>;

/** What `diff`, `deploy` and `destroy` need on this machine and lack, each with the way to get it. */
export function findMissing(variables: Variables): readonly string[] {
  return [findMissingTerraform(variables), findMissingCredentials(variables)].filter(
    (sentence) => sentence !== undefined,
  );
}

function findMissingTerraform(variables: Variables): string | undefined {
  const binary = variables["TERRAFORM_BINARY_NAME"] ?? "terraform";
  const { status } = spawnSync(binary, ["version"], { env: { ...variables, CHECKPOINT_DISABLE: "1" } });
  if (status === 0) return undefined;
  return (
    `Terraform is not there: '${binary} version' does not run. Install Terraform 1.11 ` +
    "(https://developer.hashicorp.com/terraform/install), or name another binary in TERRAFORM_BINARY_NAME."
  );
}

/** Looks where Google's client libraries look; whether what is there is valid, only Google can tell. */
function findMissingCredentials(variables: Variables): string | undefined {
  if (variables["GOOGLE_OAUTH_ACCESS_TOKEN"] || variables["GOOGLE_CREDENTIALS"]) return undefined;
  const file = variables["GOOGLE_APPLICATION_CREDENTIALS"];
  if (file) {
    return existsSync(file)
      ? undefined
      : `Google's credentials are missing: GOOGLE_APPLICATION_CREDENTIALS names ${file}, which is not there.`;
  }
  const configuration =
    variables["CLOUDSDK_CONFIG"] ?? join(variables["HOME"] ?? homedir(), ".config/gcloud");
  if (existsSync(join(configuration, "application_default_credentials.json"))) return undefined;
  if (runsOnGoogle(variables)) return undefined;
  return (
    "Google's credentials are missing: run 'gcloud auth application-default login', or set " +
    "GOOGLE_APPLICATION_CREDENTIALS (a file) or GOOGLE_OAUTH_ACCESS_TOKEN (gcloud auth print-access-token)."
  );
}

/** On Google's own machines the metadata server gives them. */
function runsOnGoogle(variables: Variables): boolean {
  if (variables["GCE_METADATA_HOST"]) return true;
  try {
    return readFileSync("/sys/class/dmi/id/product_name", "utf8").startsWith("Google");
  } catch {
    return false;
  }
}
