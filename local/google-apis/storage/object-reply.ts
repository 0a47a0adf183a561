import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { readByteRange } from "../../byte-range.ts";
import { StorageError } from "./storage-error.ts";
import { etagOf, type StoredObject } from "./stored-object.ts";

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, { "content-type": "application/json; charset=UTF-8", ...headers });
  response.end(JSON.stringify(body));
}

/** Sends the object's bytes, or the part that `Range` asks for. @throws StorageError 416 */
export function sendMedia(request: IncomingMessage, response: ServerResponse, object: StoredObject): void {
  const total = object.bytes.length;
  const range = readByteRange(request.headers.range, total);
  if (range === "unsatisfiable") {
    throw new StorageError(
      416,
      "requestedRangeNotSatisfiable",
      "InvalidRange",
      "The requested range cannot be satisfied.",
    );
  }
  const body = range === undefined ? object.bytes : object.bytes.subarray(range.first, range.last + 1);
  response.writeHead(range === undefined ? 200 : 206, {
    ...describe(object),
    "content-length": body.length,
    "accept-ranges": "bytes",
    ...(range !== undefined && { "content-range": `bytes ${range.first}-${range.last}/${total}` }),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

export function describe(object: StoredObject): OutgoingHttpHeaders {
  const { metadata } = object;
  const custom = Object.entries(metadata.metadata ?? {}).map(([name, value]) => [
    `x-goog-meta-${name}`,
    value,
  ]);
  return {
    ...Object.fromEntries(custom),
    "content-type": metadata.contentType ?? "application/octet-stream",
    etag: `"${etagOf(object)}"`,
    "last-modified": object.updated.toUTCString(),
    "x-goog-generation": String(object.generation),
    "x-goog-metageneration": String(object.metageneration),
    "x-goog-stored-content-length": String(object.bytes.length),
    "x-goog-hash": `crc32c=${object.crc32c},md5=${object.md5Hash}`,
    "cache-control": metadata.cacheControl ?? "private, max-age=0",
    ...(metadata.contentDisposition !== undefined && { "content-disposition": metadata.contentDisposition }),
    ...(metadata.contentEncoding !== undefined && { "content-encoding": metadata.contentEncoding }),
    ...(metadata.contentLanguage !== undefined && { "content-language": metadata.contentLanguage }),
  };
}
