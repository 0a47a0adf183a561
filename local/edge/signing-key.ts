import {
  type JsonWebKey,
  type KeyObject,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  sign,
} from "node:crypto";
import { join } from "node:path";
import { readOrMakeSecret } from "../secret-file.ts";

/** An ES256 key pair (ECDSA on P-256 with SHA-256), as the identity proxy's assertions are signed with. */
export interface SigningKey {
  /** The public half as a JSON Web Key Set (RFC 7517). */
  readonly keySet: { readonly keys: readonly JsonWebKey[] };
  /** A signed JSON Web Token (RFC 7519, compact form) of the claims. */
  sign(claims: Readonly<Record<string, unknown>>): string;
}

/** The key pair kept in the folder, made there at the first call. */
export async function openSigningKey(folder: string): Promise<SigningKey> {
  const pem = await readOrMakeSecret(join(folder, "signing-key.pem"), () =>
    generateKeyPairSync("ec", { namedCurve: "P-256" })
      .privateKey.export({ type: "pkcs8", format: "pem" })
      .toString(),
  );
  return signingKeyOf(createPrivateKey(pem));
}

function signingKeyOf(privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey).export({ format: "jwk" });
  const { kty, crv, x, y } = publicKey;
  // RFC 7638: the thumbprint names the key, and no other key can get the same name by mistake.
  const kid = hash("sha256", JSON.stringify({ crv, kty, x, y }), "base64url");
  const header = encode({ alg: "ES256", typ: "JWT", kid });
  return {
    keySet: { keys: [{ ...publicKey, kid, alg: "ES256", use: "sig" }] },
    sign(claims) {
      const content = `${header}.${encode(claims)}`;
      const signature = sign("sha256", Buffer.from(content), { key: privateKey, dsaEncoding: "ieee-p1363" });
      return `${content}.${signature.toString("base64url")}`;
    },
  };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
