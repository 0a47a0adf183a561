import { type JsonWebKey, generateKeyPair, hash, sign } from "node:crypto";
import { promisify } from "node:util";

/** Signs what Google's token service signs for a push subscription. */
export interface PushTokens {
  /** The public half as a JSON Web Key Set (RFC 7517). */
  readonly keySet: { readonly keys: readonly JsonWebKey[] };
  /** A token of the account for the audience, valid for an hour from now. */
  tokenFor(audience: string, account: string): string;
}

const lifetimeSeconds = 3600;

/** A key pair of this run: whoever verifies reads the keys anew when it meets one that it does not know. */
export async function createPushTokens(): Promise<PushTokens> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const jwk = publicKey.export({ format: "jwk" });
  const kid = hash("sha256", JSON.stringify({ e: jwk.e, kty: jwk.kty, n: jwk.n }), "base64url");
  const header = encode({ alg: "RS256", typ: "JWT", kid });
  return {
    keySet: { keys: [{ ...jwk, kid, alg: "RS256", use: "sig" }] },
    tokenFor(audience, account) {
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: "https://accounts.google.com",
        aud: audience,
        sub: hash("sha256", account).slice(0, 21),
        email: account,
        email_verified: true,
        iat: now,
        exp: now + lifetimeSeconds,
      };
      const content = `${header}.${encode(claims)}`;
      return `${content}.${sign("sha256", Buffer.from(content), privateKey).toString("base64url")}`;
    },
  };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
