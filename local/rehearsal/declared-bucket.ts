import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { judgeSignature, type MediaKeys } from "../edge/media-signature.ts";
import { isAllowed } from "../google-apis/engine/access.ts";
import { at, textAt, textsAt } from "../google-apis/engine/json.ts";
import type { Resource } from "../google-apis/engine/state.ts";
import type { World } from "../google-apis/engine/world.ts";

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

/** A declared backend bucket: judges signatures as Cloud CDN does and answers from the bucket that it names. */
export function serveBackendBucket(
  world: World,
  backend: Resource,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  request.resume();
  if (request.method !== "GET" && request.method !== "HEAD") {
    return refuse(response, 405, `The backend bucket '${backend.name}' can be read only.`);
  }
  const name = textAt(backend.body, "bucketName");
  const keys = keysOf(world, backend);
  const verdict =
    keys.size === 0 ? "unsigned" : judgeSignature(url, request.headers.cookie, keys, new Date());
  const project = backend.name.split("/")[1] ?? "";
  if (verdict === "refused") return refuse(response, 403, "The signature does not admit to this address.");
  if (!mayRead(world, project, name, verdict === "admitted")) {
    return refuse(response, 403, `Access denied: nobody may read the bucket ${name} for this request.`);
  }
  const object = world.objects.bucket(name)?.find(decodeURIComponent(url.pathname.slice(1)));
  if (object === undefined) return refuse(response, 404, "No such object.");
  const declared = textsAt(backend.body, "customResponseHeaders").map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
  });
  const { contentType, cacheControl, contentDisposition, contentEncoding } = object.metadata;
  const headers: OutgoingHttpHeaders = {
    "content-type": contentType ?? "application/octet-stream",
    "content-length": object.bytes.length,
    ...(cacheControl === undefined ? {} : { "cache-control": cacheControl }),
    ...(contentDisposition === undefined ? {} : { "content-disposition": contentDisposition }),
    ...(contentEncoding === undefined ? {} : { "content-encoding": contentEncoding }),
    ...Object.fromEntries(declared),
    ...(at(backend.body, "enableCdn") === true ? { via: "1.1 google" } : {}),
  };
  response.writeHead(200, headers);
  response.end(request.method === "HEAD" ? undefined : object.bytes);
}
