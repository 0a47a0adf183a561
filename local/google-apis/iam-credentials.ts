import { ApiError } from "./engine/api-error.ts";
import { textAt } from "./engine/json.ts";
import type { ApiModule, Call } from "./engine/kind.ts";
import { nameOf } from "./engine/resource-name.ts";
import { sign, signingKeyId } from "./engine/signing-key.ts";

function emailOf(call: Call): string {
  const email = nameOf(call).split("/").at(-1) ?? "";
  if (!call.world.accounts.exists(email)) throw new ApiError("NOT_FOUND", `Unknown service account ${email}`);
  return email;
}

function signedJwt(payload: string): string {
  const header = JSON.stringify({ alg: "RS256", kid: signingKeyId, typ: "JWT" });
  const head = [header, payload].map((part) => Buffer.from(part).toString("base64url")).join(".");
  return `${head}.${sign(head).toString("base64url")}`;
}

function inOneHour(call: Call): string {
  return new Date(Date.parse(call.world.identifiers.time()) + 3_600_000).toISOString();
}

/** Short-lived credentials of service accounts. */
export const iamCredentials: ApiModule = {
  shape: "iamcredentials.v1",
  style: "proto",
  kinds: [],
  actions: {
    "iamcredentials.projects.serviceAccounts.generateAccessToken": (call) => ({
      accessToken: call.world.tokens.issue(`serviceAccount:${emailOf(call)}`),
      expireTime: inOneHour(call),
    }),
    "iamcredentials.projects.serviceAccounts.generateIdToken": (call) => {
      const email = emailOf(call);
      const seconds = Math.floor(Date.parse(call.world.identifiers.time()) / 1000);
      const audience = textAt(call.body, "audience");
      if (audience === "") throw new ApiError("INVALID_ARGUMENT", "'audience' is required.");
      const claims = {
        iss: "https://accounts.google.com",
        aud: audience,
        sub: email,
        iat: seconds,
        exp: seconds + 3600,
      };
      const withEmail =
        call.body["includeEmail"] === true ? { ...claims, email, email_verified: true } : claims;
      return { token: signedJwt(JSON.stringify(withEmail)) };
    },
    "iamcredentials.projects.serviceAccounts.signBlob": (call) => {
      emailOf(call);
      const bytes = Buffer.from(textAt(call.body, "payload"), "base64");
      return { keyId: signingKeyId, signedBlob: sign(bytes).toString("base64") };
    },
    "iamcredentials.projects.serviceAccounts.signJwt": (call) => {
      emailOf(call);
      const payload = textAt(call.body, "payload");
      try {
        JSON.parse(payload);
      } catch (cause) {
        throw new ApiError("INVALID_ARGUMENT", "'payload' must be a JSON object of claims.", { cause });
      }
      return { keyId: signingKeyId, signedJwt: signedJwt(payload) };
    },
  },
};
