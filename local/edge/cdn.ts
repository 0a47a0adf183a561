import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { pipeline } from "node:stream";

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** Names as the page's bundle makes them; no `..`, no hidden file. */
const assetName = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/**
 * The stand-in for the CDN before the assets bucket: the page's files, which are named by their content and so
 * may be kept forever. Needs no signing in, as in the cloud.
 */
export async function serveAsset(
  request: IncomingMessage,
  response: ServerResponse,
  assetsFolder: string,
): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://edge");
  const name = pathname.slice("/assets/".length);
  if (request.method !== "GET" && request.method !== "HEAD")
    return refuse(response, 405, { allow: "GET, HEAD" });
  if (!assetName.test(name)) return refuse(response, 404);
  const file = join(assetsFolder, name);
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) return refuse(response, 404);
  const etag = `"${name}"`;
  const headers = {
    "cache-control": "public, max-age=31536000, immutable",
    etag,
    "x-content-type-options": "nosniff",
  };
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, {
    ...headers,
    "content-type": contentTypes[extname(name)] ?? "application/octet-stream",
    "content-length": found.size,
  });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  pipeline(createReadStream(file), response, () => {
    // A reader that leaves early is no fault; the pipeline has closed the file.
  });
}

function refuse(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    ...headers,
  });
  response.end(status === 404 ? "No such file.\n" : "Files can be read only.\n");
}
