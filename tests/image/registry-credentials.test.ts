import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { googleCredentials } from "../../image/registry-credentials.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const host = "europe-west1-docker.pkg.dev";

beforeEach(async () => {
  // A person of this machine who may be signed in is not.
  const home = await temporaryFolder();
  vi.stubEnv("HOME", home);
  vi.stubEnv("CLOUDSDK_CONFIG", join(home, "gcloud"));
  for (const name of ["GOOGLE_OAUTH_ACCESS_TOKEN", "GOOGLE_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS"]) {
    vi.stubEnv(name, undefined);
  }
});
afterEach(() => vi.unstubAllEnvs());

const remedy =
  "no Application Default Credentials: run `gcloud auth application-default login`, or give GOOGLE_OAUTH_ACCESS_TOKEN";

test("a key that is not there, or is none, is told with the way out", async () => {
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json");
  await expect(googleCredentials(host)).rejects.toThrow(remedy);
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", undefined);
  for (const key of ["/nowhere/key.json", "{ not JSON", "{}"]) {
    vi.stubEnv("GOOGLE_CREDENTIALS", key);
    await expect(googleCredentials(host)).rejects.toThrow(remedy);
  }
});

test("on a machine of Google's the token is that of its own account", async () => {
  const server = createServer((request, response) => {
    response.setHeader("metadata-flavor", "Google");
    if (request.headers["metadata-flavor"] !== "Google") return response.writeHead(403).end();
    if (request.url?.includes("/service-accounts/default/token") === true) {
      response.setHeader("content-type", "application/json");
      return response.end(
        JSON.stringify({ access_token: "of-the-machine", expires_in: 3600, token_type: "Bearer" }),
      );
    }
    return response.end("instance");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => void server.close());
  vi.stubEnv("GCE_METADATA_HOST", `127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("METADATA_SERVER_DETECTION", "assume-present");
  // Else the library runs gcloud to find one out.
  vi.stubEnv("GOOGLE_CLOUD_PROJECT", "imgstream-test");
  expect(await googleCredentials(host)).toEqual({
    username: "oauth2accesstoken",
    password: "of-the-machine",
  });
});

test("a registry that is not Google's is owed nothing, and nothing is asked for it", async () => {
  vi.stubEnv("GOOGLE_CREDENTIALS", "{ not JSON");
  expect(await googleCredentials("gcr.io")).toBeUndefined();
});
