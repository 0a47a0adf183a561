import { createHmac, timingSafeEqual } from "node:crypto";

/** Keys that the media bucket's backend has, by name. */
export type MediaKeys = ReadonlyMap<string, Uint8Array>;

/**
 * - `unsigned`: neither cookie nor signed address. The edge lets it through, and the private bucket refuses it.
 * - `refused`: signed, but altered, expired, for another prefix, by an unknown key, or in another form.
 * - `admitted`
 */
export type Verdict = "unsigned" | "refused" | "admitted";

/** https://cloud.google.com/cdn/docs/using-signed-cookies; names, order and case are fixed. */
const cookieForm =
  /^URLPrefix=([A-Za-z0-9_-]+={0,2}):Expires=(\d+):KeyName=([a-z0-9_-]+):Signature=([A-Za-z0-9_-]+={0,2})$/;

/** https://cloud.google.com/cdn/docs/using-signed-urls; the three parameters come last and in this order. */
const addressForm = /^(.*[?&]Expires=(\d+)&KeyName=([a-z0-9_-]+))&Signature=([A-Za-z0-9_-]+={0,2})$/;

/**
 * Judges a request for media as Cloud CDN does with signed requests switched on.
 *
 * @param url as the person sees it, the port left out of what is compared, as the real edge has none
 * @param cookies the request's `Cookie` header
 */
export function judgeSignature(url: URL, cookies: string | undefined, keys: MediaKeys, now: Date): Verdict {
  const address = `${url.protocol}//${url.hostname}${url.pathname}${url.search}`;
  if (url.searchParams.has("Signature")) {
    const [, signed, expires, keyName, signature] = addressForm.exec(address) ?? [];
    return isValid({ signed, expires, keyName, signature }, keys, now) ? "admitted" : "refused";
  }
  const cookie = readCookie(cookies);
  if (cookie === undefined) return "unsigned";
  const [, prefix = "", expires, keyName, signature] = cookieForm.exec(cookie) ?? [];
  const signed = cookie.slice(0, cookie.lastIndexOf(":Signature="));
  if (!isValid({ signed, expires, keyName, signature }, keys, now)) return "refused";
  return address.startsWith(Buffer.from(prefix, "base64url").toString("utf8")) ? "admitted" : "refused";
}

interface Claim {
  readonly signed: string | undefined;
  readonly expires: string | undefined;
  readonly keyName: string | undefined;
  readonly signature: string | undefined;
}

function isValid({ signed, expires, keyName, signature }: Claim, keys: MediaKeys, now: Date): boolean {
  if (signed === undefined || keyName === undefined || signature === undefined) return false;
  const key = keys.get(keyName);
  if (key === undefined || Number(expires) * 1000 <= now.getTime()) return false;
  const expected = createHmac("sha1", key)
    .update(signed)
    .digest("base64")
    .replaceAll("+", "-")
    .replaceAll("/", "_");
  return (
    expected.length === signature.length && timingSafeEqual(Buffer.from(expected), Buffer.from(signature))
  );
}

/** The first of that name, as servers read cookies; browsers send the one with the longest path first. */
function readCookie(header: string | undefined): string | undefined {
  return header
    ?.split(";")
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith("Cloud-CDN-Cookie="))
    ?.slice("Cloud-CDN-Cookie=".length);
}
