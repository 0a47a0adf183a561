import { createHash, createVerify, type KeyLike } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { forbidden, invalid, StorageError } from "./storage-error.ts";

const algorithm = "GOOG4-RSA-SHA256";
const longestSeconds = 7 * 24 * 60 * 60;

/** The public key of a service account, or undefined where there is no such account. */
export type PublicKeyOf = (account: string) => KeyLike | undefined;

export function isSigned(query: URLSearchParams): boolean {
  return query.has("X-Goog-Signature") || query.has("X-Goog-Algorithm");
}

/**
 * Checks a V4 signature made with a service account's RSA key:
 * https://cloud.google.com/storage/docs/authentication/canonical-requests
 *
 * @returns the e-mail address of the account that signed
 * @throws StorageError 403 when altered or signed by another key, 400 when expired or malformed
 */
export function verifySignedAddress(
  request: IncomingMessage,
  url: URL,
  publicKeyOf: PublicKeyOf,
  now: Date,
): string {
  const query = url.searchParams;
  const parameter = (name: string): string => {
    const values = query.getAll(name);
    if (values.length !== 1 || values[0] === undefined || values[0] === "")
      throw invalid(`Expected ${name} once in the query of a signed address.`);
    return values[0];
  };
  if (parameter("X-Goog-Algorithm") !== algorithm)
    throw invalid(
      `Expected ${algorithm} for X-Goog-Algorithm but received ${parameter("X-Goog-Algorithm")}.`,
    );
  const signedAt = parameter("X-Goog-Date");
  const credential = parameter("X-Goog-Credential");
  const [account = "", day, , service, request4] = credential.split("/");
  if (!signedAt.startsWith(`${day}T`) || service !== "storage" || request4 !== "goog4_request")
    throw invalid(`Expected ACCOUNT/DATE/REGION/storage/goog4_request for X-Goog-Credential.`);
  const key = publicKeyOf(account);
  const canonical = canonicalRequest(request, url, parameter("X-Goog-SignedHeaders"));
  const scope = credential.slice(account.length + 1);
  const text = [algorithm, signedAt, scope, createHash("sha256").update(canonical).digest("hex")].join("\n");
  const signature = Buffer.from(parameter("X-Goog-Signature"), "hex");
  if (key === undefined || !createVerify("RSA-SHA256").update(text).verify(key, signature))
    throw new StorageError(
      403,
      "forbidden",
      "SignatureDoesNotMatch",
      "Access denied. The request signature we calculated does not match the signature you provided.",
    );
  checkTime(signedAt, parameter("X-Goog-Expires"), now);
  return account;
}

function checkTime(signedAt: string, lifetime: string, now: Date): void {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(signedAt);
  if (parts === null) throw invalid(`Expected YYYYMMDDTHHMMSSZ for X-Goog-Date but received '${signedAt}'.`);
  const seconds = Number(lifetime);
  if (!/^\d+$/.test(lifetime) || seconds < 1 || seconds > longestSeconds)
    throw invalid(`Expected 1 to ${longestSeconds} for X-Goog-Expires but received '${lifetime}'.`);
  const [, year, month, day, hour, minute, second] = parts;
  const start = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (now.getTime() < start - 15 * 60 * 1000) throw forbidden("The request signature is not valid yet.");
  if (now.getTime() > start + seconds * 1000)
    throw new StorageError(400, "invalid", "ExpiredToken", "The provided token has expired.");
}

/** The client library signs the host without its port, since Google has none; a loopback port is left out too. */
function canonicalRequest(request: IncomingMessage, url: URL, signedHeaders: string): string {
  const names = signedHeaders.split(";");
  if (!names.includes("host")) throw invalid("X-Goog-SignedHeaders must contain host.");
  const unsigned = Object.keys(request.headers).find(
    (name) => name.startsWith("x-goog-") && !names.includes(name),
  );
  if (unsigned !== undefined) throw invalid(`The header ${unsigned} is sent but not signed.`);
  const headers = names.map((name) => {
    const value = request.headers[name];
    if (value === undefined) throw invalid(`The header ${name} is signed but not sent.`);
    if (name === "host") return `host:${url.hostname}\n`;
    return `${name}:${String(value).trim().replaceAll(/\s+/g, " ")}\n`;
  });
  const query = [...url.searchParams]
    .filter(([name]) => name !== "X-Goog-Signature")
    .map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`)
    .toSorted()
    .join("&");
  const path = url.pathname.split("/").map(decodeURIComponent).map(encodeStrictly).join("/");
  const hash = request.headers["x-goog-content-sha256"] ?? "UNSIGNED-PAYLOAD";
  return [request.method, path, query, headers.join(""), signedHeaders, String(hash)].join("\n");
}

/** RFC 3986, with the five characters that encodeURIComponent leaves alone. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
