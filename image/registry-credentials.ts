/** A name and a secret for a registry's token service. */
export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

/** Gives what a registry's host is owed, or nothing for one that must not see any secret of ours. */
export type CredentialSource = (host: string) => Promise<RegistryCredentials | undefined>;

/** For registries that anybody may read. */
export const noCredentials: CredentialSource = () => Promise.resolve(undefined);

/**
 * Google's own: an access token for Artifact Registry's hosts, and for no other host. From
 * `GOOGLE_OAUTH_ACCESS_TOKEN` or `GOOGLE_CREDENTIALS`, which Terraform's provider reads as well, else from
 * Application Default Credentials.
 *
 * @see https://cloud.google.com/artifact-registry/docs/docker/authentication#token
 */
export const googleCredentials: CredentialSource = async (host) => {
  if (!/^(?:[a-z0-9-]+-)?docker\.pkg\.dev$/.test(host)) return undefined;
  return { username: "oauth2accesstoken", password: await accessToken() };
};

async function accessToken(): Promise<string> {
  const given = process.env["GOOGLE_OAUTH_ACCESS_TOKEN"];
  if (given !== undefined && given !== "") return given;
  // Loaded late: a rehearsal never needs it.
  const { GoogleAuth } = await import("google-auth-library");
  // A key, or a file with one, that only Terraform's provider knows by this name.
  const key = process.env["GOOGLE_CREDENTIALS"];
  try {
    const auth = new GoogleAuth({
      scopes: "https://www.googleapis.com/auth/cloud-platform",
      ...(key === undefined || key === ""
        ? {}
        : key.trimStart().startsWith("{")
          ? { credentials: parseKey(key) }
          : { keyFilename: key }),
    });
    const token = await auth.getAccessToken();
    if (typeof token === "string" && token !== "") return token;
  } catch (cause) {
    throw new Error(
      "no Application Default Credentials: run `gcloud auth application-default login`, or give GOOGLE_OAUTH_ACCESS_TOKEN",
      { cause },
    );
  }
  throw new Error("Application Default Credentials gave no access token: sign in with gcloud again");
}

function parseKey(text: string): Record<string, unknown> {
  const key: unknown = JSON.parse(text);
  if (typeof key !== "object" || key === null) throw new Error("GOOGLE_CREDENTIALS is no JSON object");
  return Object.fromEntries(Object.entries(key));
}
