import { fileURLToPath } from "node:url";
import { containerPort } from "./runtime-contract.ts";

/** Where objects are kept. */
export type StoreLocation =
  | { readonly kind: "bucket"; readonly bucket: string }
  | { readonly kind: "folder"; readonly folder: string };

export const storeExpected = "'gs://BUCKET', or 'file:///FOLDER' on one machine";

export function readStore(value: string): StoreLocation | undefined {
  const bucket = /^gs:\/\/([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])$/.exec(value)?.[1];
  if (bucket !== undefined) return { kind: "bucket", bucket };
  const url = parseUrl(value);
  if (
    url === undefined ||
    !value.startsWith("file:///") ||
    url.host !== "" ||
    url.pathname === "/" ||
    url.search + url.hash !== ""
  ) {
    return undefined;
  }
  try {
    return { kind: "folder", folder: fileURLToPath(url) };
  } catch {
    return undefined; // An encoded slash or NUL in a name.
  }
}

export function readAddresses(value: string): string[] | undefined {
  const addresses = value
    .split(",")
    .map((address) => address.trim().toLowerCase())
    .filter((address) => address !== "");
  return addresses.every(isAddress) ? addresses : undefined;
}

export function isAddress(value: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(value);
}

export function readPort(value: string | undefined): number | undefined {
  if (value === undefined) return containerPort;
  return /^\d{1,5}$/.test(value) && Number(value) <= 65_535 ? Number(value) : undefined;
}

export function parseUrl(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined;
}

export function isTrusted(url: URL | undefined): boolean {
  if (url === undefined || url.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));
}

export function isLoopbackOrigin(value: string): boolean {
  const url = parseUrl(value);
  return url !== undefined && url.origin === value && isLoopback(url);
}

export function isLoopback(url: URL): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
}
