import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Who signed in, as the cookie carries it. */
export interface Session {
  readonly email: string;
  /** Unix seconds. */
  readonly expires: number;
}

/**
 * Cookies are shared between the ports of one host, so the port is part of the name: two products on one
 * machine would sign each other out otherwise.
 */
export function sessionCookieName(port: number): string {
  return `LOCAL_IAP_SESSION_${port}`;
}

/** `payload.signature`, both base64url; HMAC-SHA-256 over the payload. */
export function sealSession(session: Session, key: string): string {
  const payload = Buffer.from(JSON.stringify(session)).toString("base64url");
  return `${payload}.${signatureOf(payload, key).toString("base64url")}`;
}

/** The session of a cookie's value; undefined where it is not ours, altered or expired. */
export function openSession(sealed: string, key: string, nowSeconds: number): Session | undefined {
  const [payload = "", signature = ""] = sealed.split(".");
  const given = Buffer.from(signature, "base64url");
  const expected = signatureOf(payload, key);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const session: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
  return isSession(session) && session.expires > nowSeconds ? session : undefined;
}

/** Why `openSession` has none, in words. */
export function whyNoSession(sealed: string | undefined, key: string): string {
  if (sealed === undefined) return "no session's cookie came";
  const session = openSession(sealed, key, -Infinity);
  return session === undefined
    ? "its session is not signed here"
    : `its session expired at ${new Date(session.expires * 1000).toISOString()}`;
}

/** The value of a cookie of the request. */
export function readCookie(request: IncomingMessage, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? "").split(";")) {
    const [key = "", ...value] = pair.split("=");
    if (key.trim() === name) return value.join("=").trim();
  }
  return undefined;
}

/** Takes a cookie out of the request, so that it is not passed on. */
export function dropCookie(request: IncomingMessage, name: string): void {
  const others = (request.headers.cookie ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "" && !pair.startsWith(`${name}=`));
  if (others.length === 0) delete request.headers.cookie;
  else request.headers.cookie = others.join("; ");
}

function signatureOf(payload: string, key: string): Buffer {
  return createHmac("sha256", key).update(payload).digest();
}

function isSession(value: unknown): value is Session {
  return (
    typeof value === "object" &&
    value !== null &&
    "email" in value &&
    typeof value.email === "string" &&
    "expires" in value &&
    typeof value.expires === "number"
  );
}
