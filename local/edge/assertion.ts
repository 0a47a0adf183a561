import { hash } from "node:crypto";
import type { SigningKey } from "./signing-key.ts";

/** https://cloud.google.com/iap/docs/signed-headers-howto */
const issuer = "https://cloud.google.com/iap";
const lifetimeSeconds = 600;

/**
 * Google's stable name of an account. Here it follows from the address, so that the same person is found again
 * even where the edge's own files were deleted.
 */
export function subjectOf(email: string): string {
  const digits = BigInt(`0x${hash("sha256", `local:${email}`).slice(0, 16)}`)
    .toString()
    .padStart(20, "0");
  return `1${digits.slice(0, 20)}`;
}

/** The headers by which Identity-Aware Proxy says who asks; only the assertion is signed. */
export function identityHeaders(
  email: string,
  audience: string,
  key: SigningKey,
  nowSeconds: number,
): Readonly<Record<string, string>> {
  const subject = `accounts.google.com:${subjectOf(email)}`;
  return {
    "x-goog-iap-jwt-assertion": key.sign({
      iss: issuer,
      aud: audience,
      sub: subject,
      email,
      hd: email.slice(email.lastIndexOf("@") + 1),
      iat: nowSeconds,
      exp: nowSeconds + lifetimeSeconds,
    }),
    "x-goog-authenticated-user-email": `accounts.google.com:${email}`,
    "x-goog-authenticated-user-id": subject,
  };
}
