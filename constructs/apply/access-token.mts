import { createSign } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { readExternalToken } from "./external-account.mts";
import { field, postForm, postJson, property, requestJson } from "./json-request.mts";

/**
 * An access token of whoever runs Terraform, found where Google's own libraries look: the provider's variable
 * GOOGLE_OAUTH_ACCESS_TOKEN, Application Default Credentials (a person's login, a key file, another provider's
 * identity, an impersonation), the metadata server.
 * https://cloud.google.com/docs/authentication/application-default-credentials
 */
export async function findAccessToken(
  variables: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const given = variables["GOOGLE_OAUTH_ACCESS_TOKEN"];
  if (given) return given;
  const inline = variables["GOOGLE_CREDENTIALS"];
  if (inline?.trimStart().startsWith("{")) return tokenOf(JSON.parse(inline));
  const file = inline ?? variables["GOOGLE_APPLICATION_CREDENTIALS"] ?? defaultFile(variables);
  if (file !== undefined) return tokenOf(JSON.parse(readFileSync(file, "utf8")));
  const host = variables["GCE_METADATA_HOST"] ?? "metadata.google.internal";
  try {
    const url = new URL(`http://${host}/computeMetadata/v1/instance/service-accounts/default/token`);
    const reply = await requestJson(url, {
      headers: { "metadata-flavor": "Google" },
      signal: AbortSignal.timeout(3000),
    });
    return field(reply, "access_token");
  } catch (cause) {
    throw new Error(
      "Google's credentials are missing: run 'gcloud auth application-default login', or set " +
        "GOOGLE_APPLICATION_CREDENTIALS or GOOGLE_OAUTH_ACCESS_TOKEN",
      { cause },
    );
  }
}

const scope = "https://www.googleapis.com/auth/cloud-platform";

function defaultFile(variables: Readonly<Record<string, string | undefined>>): string | undefined {
  const folder = variables["CLOUDSDK_CONFIG"] ?? join(variables["HOME"] ?? homedir(), ".config/gcloud");
  const file = join(folder, "application_default_credentials.json");
  return existsSync(file) ? file : undefined;
}

async function tokenOf(credentials: unknown): Promise<string> {
  const type = field(credentials, "type");
  switch (type) {
    case "authorized_user":
      return field(
        await postForm(new URL("https://oauth2.googleapis.com/token"), {
          grant_type: "refresh_token",
          client_id: field(credentials, "client_id"),
          client_secret: field(credentials, "client_secret"),
          refresh_token: field(credentials, "refresh_token"),
        }),
        "access_token",
      );
    case "service_account":
      return tokenOfKey(credentials);
    case "external_account":
      return readExternalToken(credentials, scope);
    case "impersonated_service_account": {
      const token = await tokenOf(property(credentials, "source_credentials"));
      const url = new URL(field(credentials, "service_account_impersonation_url"));
      return field(await postJson(url, { scope: [scope] }, token), "accessToken");
    }
    default:
      throw new Error(
        `Google's credentials must be of a known type, got '${type}': log in again with gcloud`,
      );
  }
}

/** https://developers.google.com/identity/protocols/oauth2/service-account#httprest */
async function tokenOfKey(key: unknown): Promise<string> {
  const address = field(key, "token_uri");
  const seconds = Math.floor(Date.now() / 1000);
  const claims = { iss: field(key, "client_email"), scope, aud: address, iat: seconds, exp: seconds + 600 };
  const signed = [{ alg: "RS256", typ: "JWT" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature = createSign("RSA-SHA256").update(signed).sign(field(key, "private_key"), "base64url");
  const grant = {
    grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    assertion: `${signed}.${signature}`,
  };
  return field(await postForm(new URL(address), grant), "access_token");
}
