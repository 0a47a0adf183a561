import type { IncomingMessage, ServerResponse } from "node:http";
import type { Access } from "./access.ts";
import type { ListQuery, ObjectBucket } from "./object-bucket.ts";
import { sendJson, sendMedia } from "./object-reply.ts";
import { checkPreconditions, parseGeneration, readPreconditions } from "./preconditions.ts";
import { parseResource } from "./request-body.ts";
import type { Rewrites } from "./rewrites.ts";
import { invalid, StorageError } from "./storage-error.ts";
import { readMetadata, toResource } from "./stored-object.ts";
import { permissionsToWrite } from "./uploads-api.ts";

export interface ObjectRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly bytes: Buffer;
  readonly origin: string;
  readonly now: Date;
}

const mostResults = 1000;

/** `/storage/v1/b/{bucket}/o…` but uploads: https://cloud.google.com/storage/docs/json_api/v1/objects */
export class ObjectsApi {
  readonly #access: Access;
  readonly #rewrites: Rewrites;

  constructor(access: Access, rewrites: Rewrites) {
    this.#access = access;
    this.#rewrites = rewrites;
  }

  list(call: ObjectRequest, bucket: ObjectBucket): void {
    if (call.request.method !== "GET") throw methodNotAllowed("GET");
    this.#access.check(call.request, call.url, bucket.name, ["storage.objects.list"], call.now);
    const page = bucket.list(readListQuery(call.url.searchParams));
    sendJson(call.response, 200, {
      kind: "storage#objects",
      ...(page.nextPageToken !== undefined && {
        nextPageToken: Buffer.from(page.nextPageToken).toString("base64url"),
      }),
      ...(page.prefixes.length > 0 && { prefixes: page.prefixes }),
      ...(page.items.length > 0 && { items: page.items.map((object) => toResource(object, call.origin)) }),
    });
  }

  one(call: ObjectRequest, bucket: ObjectBucket, name: string): void {
    const { request, response, url, bytes, origin, now } = call;
    const query = url.searchParams;
    const wanted = readPreconditions(query);
    const generation = readGeneration(query, "generation");
    const check = (permission: Parameters<Access["check"]>[3][number]) =>
      this.#access.check(request, url, bucket.name, [permission], now);
    switch (request.method) {
      case "GET":
      case "HEAD": {
        check("storage.objects.get");
        const object = bucket.get(name, wanted, generation);
        const isMedia = query.get("alt") === "media" || url.pathname.startsWith("/download/");
        if (isMedia) sendMedia(request, response, object);
        else sendJson(response, 200, toResource(object, origin));
        return;
      }
      case "PATCH":
      case "PUT": {
        check("storage.objects.update");
        const mode = request.method === "PATCH" ? "patch" : "replace";
        const object = bucket.update(name, parseResource(bytes), wanted, mode);
        sendJson(response, 200, toResource(object, origin));
        return;
      }
      case "DELETE":
        check("storage.objects.delete");
        bucket.delete(name, wanted, generation);
        response.writeHead(204).end();
        return;
      default:
        throw methodNotAllowed("GET, PATCH, PUT or DELETE");
    }
  }

  /** `rewriteTo`, in as many steps as it takes, and `copyTo`, whose answer is the bare object. */
  copy(
    call: ObjectRequest,
    source: { readonly bucket: ObjectBucket; readonly name: string },
    target: { readonly bucket: ObjectBucket; readonly name: string },
    form: "rewriteTo" | "copyTo",
  ): void {
    const { request, response, url, bytes, origin, now } = call;
    if (request.method !== "POST") throw methodNotAllowed("POST");
    const query = url.searchParams;
    this.#access.check(request, url, source.bucket.name, ["storage.objects.get"], now);
    this.#access.check(request, url, target.bucket.name, permissionsToWrite(target.bucket, target.name), now);
    const original = source.bucket.get(source.name, {}, readGeneration(query, "sourceGeneration"));
    checkPreconditions(readPreconditions(query, true), original, "write");
    const wanted = readPreconditions(query);
    const size = original.bytes.length;
    if (form === "rewriteTo") {
      checkPreconditions(wanted, target.bucket.find(target.name), "write");
      const what = JSON.stringify([
        original.bucket,
        original.name,
        String(original.generation),
        url.pathname,
      ]);
      const { rewritten, token } = this.#rewrites.goOn(what, size, query);
      if (token !== undefined)
        return sendJson(response, 200, rewriteReply(rewritten, size, { rewriteToken: token }));
    }
    const given = parseResource(bytes);
    const resource = Object.keys(readMetadata(given)).length === 0 ? { ...original.metadata } : given;
    const copied = target.bucket.insert(target.name, original.bytes, resource, wanted);
    const described = toResource(copied, origin);
    sendJson(
      response,
      200,
      form === "copyTo" ? described : rewriteReply(size, size, { resource: described }),
    );
  }
}

function rewriteReply(rewritten: number, size: number, rest: Readonly<Record<string, unknown>>) {
  return {
    kind: "storage#rewriteResponse",
    done: "resource" in rest,
    totalBytesRewritten: String(rewritten),
    objectSize: String(size),
    ...rest,
  };
}

function readGeneration(query: URLSearchParams, parameter: string): bigint | undefined {
  const text = query.get(parameter);
  return text === null ? undefined : parseGeneration(parameter, text);
}

function readListQuery(query: URLSearchParams): ListQuery {
  const most = query.get("maxResults") ?? String(mostResults);
  if (!/^\d+$/.test(most)) throw invalid(`Expected a number for maxResults but received '${most}'.`);
  return {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    startOffset: query.get("startOffset") ?? "",
    endOffset: query.get("endOffset") ?? "",
    versions: query.get("versions") === "true",
    maxResults: Math.min(Math.max(Number(most), 1), mostResults),
    pageToken: Buffer.from(query.get("pageToken") ?? "", "base64url").toString(),
  };
}

export function methodNotAllowed(allowed: string): StorageError {
  return new StorageError(405, "methodNotAllowed", "MethodNotAllowed", `Expected ${allowed}.`);
}
