import { generateKeyPairSync, verify } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { findAccessToken } from "../../../constructs/apply/access-token.mts";
import type { GoogleDouble } from "./google-double.ts";
import { startGoogleDouble } from "./google-double.ts";

const folder = mkdtempSync(join(tmpdir(), "imgstream-credentials-"));
let google: GoogleDouble | undefined;

afterEach(() => google?.close());
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: object): { GOOGLE_APPLICATION_CREDENTIALS: string } {
  const path = join(folder, "credentials.json");
  writeFileSync(path, JSON.stringify(content));
  return { GOOGLE_APPLICATION_CREDENTIALS: path };
}

test("a token that is given is taken before anything else", async () => {
  const token = await findAccessToken({
    GOOGLE_OAUTH_ACCESS_TOKEN: "given",
    GOOGLE_APPLICATION_CREDENTIALS: "/nowhere",
  });
  expect(token).toBe("given");
});

test("a key file is exchanged by a JWT that it signed", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  google = await startGoogleDouble(() => ({ body: { access_token: "of-the-key" } }));
  const token = await findAccessToken(
    file({
      type: "service_account",
      client_email: "robot@p.iam.gserviceaccount.com",
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
      token_uri: `${google.address}/token`,
    }),
  );
  expect(token).toBe("of-the-key");
  const assertion = new URLSearchParams(String(google.requests[0]?.body)).get("assertion") ?? "";
  const [header = "", claims = "", signature = ""] = assertion.split(".");
  const isSigned = verify(
    "RSA-SHA256",
    Buffer.from(`${header}.${claims}`),
    publicKey,
    Buffer.from(signature, "base64url"),
  );
  expect(isSigned).toBe(true);
  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
    iss: "robot@p.iam.gserviceaccount.com",
    aud: `${google.address}/token`,
    scope: "https://www.googleapis.com/auth/cloud-platform",
  });
});

test("another provider's workload exchanges its own token and impersonates the account", async () => {
  google = await startGoogleDouble((line) => {
    if (line.startsWith("GET /github")) return { body: { value: "token-of-github" } };
    if (line.startsWith("POST /sts")) return { body: { access_token: "federated" } };
    return { body: { accessToken: "of-the-deployer" } };
  });
  const token = await findAccessToken(
    file({
      type: "external_account",
      audience:
        "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/github/providers/github",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: `${google.address}/sts`,
      service_account_impersonation_url: `${google.address}/impersonate`,
      credential_source: {
        url: `${google.address}/github`,
        headers: { authorization: "Bearer of-the-run" },
        format: { type: "json", subject_token_field_name: "value" },
      },
    }),
  );
  expect(token).toBe("of-the-deployer");
  const [read, exchange, impersonate] = google.requests;
  expect(read?.token).toBe("Bearer of-the-run");
  expect(new URLSearchParams(String(exchange?.body)).get("subject_token")).toBe("token-of-github");
  expect(impersonate?.token).toBe("Bearer federated");
});

test("the metadata server is asked where there is one", async () => {
  google = await startGoogleDouble(() => ({ body: { access_token: "of-the-machine" } }));
  const token = await findAccessToken({
    HOME: folder,
    GCE_METADATA_HOST: google.address.replace("http://", ""),
  });
  expect(token).toBe("of-the-machine");
});

test("without any credentials the way to get them is said", async () => {
  google = await startGoogleDouble(() => undefined);
  const asked = findAccessToken({ HOME: folder, GCE_METADATA_HOST: google.address.replace("http://", "") });
  await expect(asked).rejects.toThrow(
    "Google's credentials are missing: run 'gcloud auth application-default login'",
  );
});

test("credentials of an unknown type are said", async () => {
  await expect(findAccessToken(file({ type: "gdch_service_account" }))).rejects.toThrow(
    "got 'gdch_service_account'",
  );
});
