import { SignJWT, createLocalJWKSet, exportJWK, generateKeyPair } from "jose";
import type { JWK, JWTVerifyGetKey } from "jose";

export const testAudience = "/projects/100000000001/global/backendServices/1234567890123456789";

export interface TestIssuer {
  readonly keySet: JWTVerifyGetKey;
  readonly publicJwk: JWK;
  /** An assertion as the proxy makes it; what is given replaces claims, `undefined` leaves one out. */
  sign(claims?: Record<string, unknown>, header?: { readonly kid?: string | undefined }): Promise<string>;
}

/** Keys of its own and the proxy's way of signing with them. */
export async function createTestIssuer(kid = "key-1"): Promise<TestIssuer> {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const publicJwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" };
  return {
    publicJwk,
    keySet: createLocalJWKSet({ keys: [publicJwk] }),
    async sign(claims = {}, header = {}) {
      const seconds = Math.floor(Date.now() / 1000);
      const all: Record<string, unknown> = {
        iss: "https://cloud.google.com/iap",
        aud: testAudience,
        sub: "accounts.google.com:1000",
        email: "alice@example.com",
        iat: seconds,
        exp: seconds + 600,
        ...claims,
      };
      const present = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
      const usedKid = "kid" in header ? header.kid : kid;
      return new SignJWT(present)
        .setProtectedHeader({ alg: "ES256", typ: "JWT", ...(usedKid !== undefined && { kid: usedKid }) })
        .sign(privateKey);
    },
  };
}
