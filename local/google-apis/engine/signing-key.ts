import { generateKeyPairSync, sign as signBytes } from "node:crypto";

/** One key signs for all service accounts of a process; Google has one for each. */
export const signingKey = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const signingKeyId = "stand-in";

export function sign(bytes: string | Buffer): Buffer {
  return signBytes("RSA-SHA256", Buffer.from(bytes), signingKey.privateKey);
}

/** The public half, for whoever verifies what was signed here. */
export const signingKeySet = {
  keys: [{ ...signingKey.publicKey.export({ format: "jwk" }), kid: signingKeyId, alg: "RS256", use: "sig" }],
};
