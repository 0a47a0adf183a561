import type { Access } from "./access.ts";
import type { ObjectBucket } from "./object-bucket.ts";
import { describe, sendMedia } from "./object-reply.ts";
import { methodNotAllowed, type ObjectRequest } from "./objects-api.ts";
import { readHeaderPreconditions } from "./preconditions.ts";
import { permissionsToWrite } from "./uploads-api.ts";

/**
 * `/{bucket}/{object}`: the XML API's addresses, which signed addresses use. Reading, replacing and deleting of
 * one object: https://cloud.google.com/storage/docs/xml-api/reference-methods
 */
export class XmlApi {
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
  }

  /** @throws StorageError */
  handle({ request, response, url, bytes, now }: ObjectRequest, bucket: ObjectBucket, name: string): void {
    const wanted = readHeaderPreconditions(request.headers);
    switch (request.method) {
      case "GET":
      case "HEAD":
        this.#access.check(request, url, bucket.name, ["storage.objects.get"], now);
        sendMedia(request, response, bucket.get(name, wanted));
        return;
      case "PUT": {
        this.#access.check(request, url, bucket.name, permissionsToWrite(bucket, name), now);
        const object = bucket.insert(name, bytes, readHeaderResource(request.headers), wanted);
        response.writeHead(200, { ...describe(object), "content-length": 0 }).end();
        return;
      }
      case "DELETE":
        this.#access.check(request, url, bucket.name, ["storage.objects.delete"], now);
        bucket.delete(name, wanted);
        response.writeHead(204).end();
        return;
      default:
        throw methodNotAllowed("GET, HEAD, PUT or DELETE");
    }
  }
}

function readHeaderResource(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, unknown> {
  const hashes = String(headers["x-goog-hash"] ?? "");
  const fields = {
    contentType: headers["content-type"],
    cacheControl: headers["cache-control"],
    contentDisposition: headers["content-disposition"],
    contentEncoding: headers["content-encoding"],
    contentLanguage: headers["content-language"],
    crc32c: /crc32c=([^,\s]+)/.exec(hashes)?.[1],
    md5Hash: headers["content-md5"] ?? /md5=([^,\s]+)/.exec(hashes)?.[1],
  };
  const custom = Object.entries(headers)
    .filter(([name]) => name.startsWith("x-goog-meta-"))
    .map(([name, value]) => [name.slice("x-goog-meta-".length), String(value)] as const);
  return {
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    ...(custom.length > 0 && { metadata: Object.fromEntries(custom) }),
  };
}
