import { createHmac } from "../late-crypto.ts";
import type { SigningKey } from "./signing-key.ts";

/**
 * The value of a `Cloud-CDN-Cookie` that admits to every address that begins with the prefix.
 * https://cloud.google.com/cdn/docs/using-signed-cookies: order and case of the fields are fixed, padding stays.
 *
 * @param urlPrefix scheme, host without a port and path; compared as plain text, so it ends with `/`
 * @param expires seconds since 1970
 */
export function signPrefix(key: SigningKey, urlPrefix: string, expires: number): string {
  const prefix = Buffer.from(urlPrefix).toString("base64url");
  const padded = prefix.padEnd(Math.ceil(prefix.length / 4) * 4, "=");
  const policy = `URLPrefix=${padded}:Expires=${expires}:KeyName=${key.name}`;
  return `${policy}:Signature=${signature(key, policy)}`;
}

/**
 * An address with what admits to it alone until it expires: https://cloud.google.com/cdn/docs/using-signed-urls
 *
 * @param url scheme, host without a port, path and query, as the edge sees it
 * @param expires seconds since 1970
 */
export function signAddress(key: SigningKey, url: string, expires: number): string {
  const query = `${url.includes("?") ? "&" : "?"}Expires=${expires}&KeyName=${key.name}`;
  return `${url}${query}&Signature=${signature(key, `${url}${query}`)}`;
}

/** Base64url with its padding: the edge compares text. */
function signature(key: SigningKey, text: string): string {
  return createHmac("sha1", key.bytes)
    .update(text)
    .digest("base64")
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}
