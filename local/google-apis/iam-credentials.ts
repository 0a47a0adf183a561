import { ApiError } from "./engine/api-error.ts";
import { textAt } from "./engine/json.ts";
import type { ApiModule, Call } from "./engine/kind.ts";
import { nameOf } from "./engine/resource-name.ts";
import { sign, signingKeyId } from "./engine/signing-key.ts";
import type { World } from "./engine/world.ts";

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

/** An identity token of an account, as Google's accounts service issues them: RS256, one hour. */
export function signIdToken(world: World, email: string, audience: string, withEmail: boolean): string {
  const iat = Math.floor(Date.parse(world.identifiers.time()) / 1000);
  const claims = { iss: "https://accounts.google.com", aud: audience, sub: email, iat, exp: iat + 3600 };
  return signedJwt(JSON.stringify(withEmail ? { ...claims, email, email_verified: true } : claims));
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
      const audience = textAt(call.body, "audience");
      if (audience === "") throw new ApiError("INVALID_ARGUMENT", "'audience' is required.");
      return { token: signIdToken(call.world, email, audience, call.body["includeEmail"] === true) };
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
