import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { basename, extname, join } from "node:path";
import { pipeline } from "node:stream";
import { objectPrefixes } from "../../app/runtime-contract.ts";
import { readByteRange } from "../byte-range.ts";
import { judgeSignature, type MediaKeys } from "./media-signature.ts";

export interface MediaBucketOptions {
  /** The folder that stands for the bucket. */
  readonly folder: string;
  readonly keys: MediaKeys;
  /** @default the system's clock */
  readonly now?: () => Date;
}

const mediaPrefixes = [objectPrefixes.originals, objectPrefixes.previews, objectPrefixes.thumbnails];

const contentTypes: Readonly<Record<string, string>> = {
  ".avif": "image/avif",
  ".gif": "image/gif",
  ".heic": "image/heic",
  ".heif": "image/heif",
  ".jpg": "image/jpeg",
  ".png": "image/png",
  ".webp": "image/webp",
};

/** Names as the app makes them: a folder of the three, a person, a file. */
const objectName =
  /^\/((?:photos|previews|thumbnails)\/[A-Za-z0-9-]+\/[A-Za-z0-9_-]+(?:\.v\d+)?\.[a-z0-9]+)$/;

export function isMediaPath(pathname: string): boolean {
  return mediaPrefixes.some((prefix) => pathname.startsWith(`/${prefix}`));
}

/**
 * The stand-in for the CDN before the private media bucket. A signature is judged first; a request without one
 * reaches the bucket, which refuses it. Nobody signs in here: what admits is the signature alone, as in the cloud.
 */
export async function serveMedia(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  { folder, keys, now = () => new Date() }: MediaBucketOptions,
): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return refuse(response, 405, "Media can be read only.", { allow: "GET, HEAD" });
  }
  const verdict = judgeSignature(url, request.headers.cookie, keys, now());
  if (verdict === "refused") return refuse(response, 403, "The signature does not admit to this address.");
  if (verdict === "unsigned") return refuse(response, 403, "Access denied.");
  const name = objectName.exec(url.pathname)?.[1];
  // The store's entry is a link to a file whose name changes with the content.
  const file = name === undefined ? undefined : await realpath(join(folder, name)).catch(() => undefined);
  const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
  if (name === undefined || file === undefined || found?.isFile() !== true) {
    return refuse(response, 404, "No such object.");
  }
  const range = readByteRange(request.headers.range, found.size);
  if (range === "unsatisfiable") {
    return refuse(response, 416, "No such part.", { "content-range": `bytes */${found.size}` });
  }
  const etag = `"${basename(file)}"`;
  const headers = { ...headersOf(name), etag };
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const { first, last } = range ?? { first: 0, last: found.size - 1 };
  response.writeHead(range === undefined ? 200 : 206, {
    ...headers,
    "content-length": found.size === 0 ? 0 : last - first + 1,
    ...(range !== undefined && { "content-range": `bytes ${first}-${last}/${found.size}` }),
  });
  if (request.method === "HEAD" || found.size === 0) {
    response.end();
    return;
  }
  pipeline(createReadStream(file, { start: first, end: last }), response, () => {
    // A reader that leaves early is no fault; the pipeline has closed the file.
  });
}

/** What the backend adds to every answer, and what the objects themselves say. */
function headersOf(name: string): OutgoingHttpHeaders {
  return {
    "content-type": contentTypes[extname(name)] ?? "application/octet-stream",
    "cache-control": "private, max-age=31536000, immutable",
    "accept-ranges": "bytes",
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox",
    ...(name.startsWith(objectPrefixes.originals) && { "content-disposition": "attachment" }),
  };
}

function refuse(
  response: ServerResponse,
  status: number,
  sentence: string,
  headers: OutgoingHttpHeaders = {},
): void {
  response
    .writeHead(status, {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      ...headers,
    })
    .end(`${sentence}\n`);
}
