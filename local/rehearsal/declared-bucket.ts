import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { judgeSignature, type MediaKeys } from "../edge/media-signature.ts";
import { isAllowed } from "../google-apis/engine/access.ts";
import { at, textAt, textsAt } from "../google-apis/engine/json.ts";
import type { Resource } from "../google-apis/engine/state.ts";
import type { World } from "../google-apis/engine/world.ts";
import type { StoredObject } from "../google-apis/storage/stored-object.ts";
import type { EdgeCopies } from "./edge-copies.ts";

/** The keys that were added to a backend, by name. */
function keysOf(world: World, backend: Resource): MediaKeys {
  const link = textAt(backend.body, "selfLink");
  const entries = textsAt(backend.body, "cdnPolicy.signedUrlKeyNames").flatMap((name) => {
    const value = world.signedUrlKeys.get(`${link}#${name}`);
    return value === undefined ? [] : [[name, Buffer.from(value, "base64url")] as const];
  });
  return new Map(entries);
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
  response.end(`${sentence}\n`);
}

/** Whether the account that reads for a request may: the CDN's for signed ones, the load balancer's for any. */
function mayRead(world: World, project: string, bucket: string, isSigned: boolean): boolean {
  const number = world.projects.find(project)?.projectNumber ?? "";
  const agents = isSigned ? ["cloud-cdn-fill", "https-lb"] : ["https-lb"];
  const readers = agents.map((agent) => `serviceAccount:service-${number}@${agent}.iam.gserviceaccount.com`);
  return ["allUsers", ...readers].some((reader) =>
    isAllowed(world, reader, "storage.objects.get", "storage", `b/${bucket}`),
  );
}

export interface BackendBucketRequest {
  readonly world: World;
  readonly copies: EdgeCopies;
  readonly backend: Resource;
  readonly urlMap: Resource;
  readonly url: URL;
}

/**
 * A declared backend bucket: judges signatures as Cloud CDN does, and answers from its copies or else from the bucket
 * that it names.
 */
export function serveBackendBucket(
  { world, copies, backend, urlMap, url }: BackendBucketRequest,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  request.resume();
  if (request.method !== "GET" && request.method !== "HEAD") {
    return refuse(response, 405, `The backend bucket '${backend.name}' can be read only.`);
  }
  const keys = keysOf(world, backend);
  const verdict =
    keys.size === 0 ? "unsigned" : judgeSignature(url, request.headers.cookie, keys, new Date());
  if (verdict === "refused") return refuse(response, 403, "The signature does not admit to this address.");
  const isSigned = verdict === "admitted";
  const key = { urlMap: urlMap.name, backend: backend.name, isSigned, path: url.pathname };
  let reply = copies.find(key);
  if (reply === undefined) {
    const bucket = textAt(backend.body, "bucketName");
    if (!mayRead(world, backend.name.split("/")[1] ?? "", bucket, isSigned)) {
      return refuse(response, 403, `Access denied: nobody may read the bucket ${bucket} for this request.`);
    }
    const object = world.objects.bucket(bucket)?.find(decodeURIComponent(url.pathname.slice(1)));
    if (object === undefined) return refuse(response, 404, "No such object.");
    reply = { headers: headersOf(backend, object), bytes: object.bytes };
    copies.keep(key, reply, secondsToKeep(backend, object, isSigned));
  }
  response.writeHead(200, reply.headers);
  response.end(request.method === "HEAD" ? undefined : reply.bytes);
}

function headersOf(backend: Resource, { metadata, bytes }: StoredObject): OutgoingHttpHeaders {
  const declared = textsAt(backend.body, "customResponseHeaders").map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
  });
  const { contentType, cacheControl, contentDisposition, contentEncoding } = metadata;
  return {
    "content-type": contentType ?? "application/octet-stream",
    "content-length": bytes.length,
    ...(cacheControl === undefined ? {} : { "cache-control": cacheControl }),
    ...(contentDisposition === undefined ? {} : { "content-disposition": contentDisposition }),
    ...(contentEncoding === undefined ? {} : { "content-encoding": contentEncoding }),
    ...Object.fromEntries(declared),
    ...(at(backend.body, "enableCdn") === true ? { via: "1.1 google" } : {}),
  };
}

/**
 * Of signed requests as long as the backend says, whatever the object says; else as the object says, where everybody
 * may have it. https://cloud.google.com/cdn/docs/using-signed-urls, https://cloud.google.com/cdn/docs/caching
 */
function secondsToKeep(backend: Resource, { metadata }: StoredObject, isSigned: boolean): number {
  if (at(backend.body, "enableCdn") !== true) return 0;
  if (isSigned) return Number(at(backend.body, "cdnPolicy.signedUrlCacheMaxAgeSec") ?? 3600);
  const { cacheControl = "" } = metadata;
  if (!/\bpublic\b/.test(cacheControl)) return 0;
  return Number(/\bs-maxage=(\d+)/.exec(cacheControl)?.[1] ?? /\bmax-age=(\d+)/.exec(cacheControl)?.[1] ?? 0);
}
