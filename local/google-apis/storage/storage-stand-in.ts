import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listenOnFreePort } from "../../free-port.ts";
import { Access, type AccessRules } from "./access.ts";
import { applyCors } from "./cors.ts";
import { type BucketSettings, ObjectBucket } from "./object-bucket.ts";
import { ObjectsApi } from "./objects-api.ts";
import { readBody } from "./request-body.ts";
import { bucketNotFound, StorageError } from "./storage-error.ts";
import type { StoredObject } from "./stored-object.ts";
import { Rewrites } from "./rewrites.ts";
import { findRoute } from "./storage-route.ts";
import { UploadsApi } from "./uploads-api.ts";
import { XmlApi } from "./xml-api.ts";

export interface StorageOptions extends AccessRules {
  /** For expiry of signatures and sessions and for times of objects. @default the system's clock */
  readonly now?: () => Date;
  /** So much of an object is copied in one request. @default all of it */
  readonly rewriteBytesPerCall?: number;
}

/**
 * The object half of Cloud Storage's JSON and XML APIs in memory, as Google documents it: preconditions on every
 * operation, resumable sessions, checksums, versions, ranges, V4 signatures, CORS. What it cannot know: limits of
 * rate, replication delay, billing, retention. Buckets come from whoever holds their resources.
 */
export class StorageStandIn {
  readonly #buckets = new Map<string, ObjectBucket>();
  readonly #watchers = new Set<(object: StoredObject) => void>();
  readonly #now: () => Date;
  readonly #uploads: UploadsApi;
  readonly #objects: ObjectsApi;
  readonly #xml: XmlApi;

  constructor(options: StorageOptions = {}) {
    const access = new Access(options);
    this.#now = options.now ?? (() => new Date());
    this.#uploads = new UploadsApi(access);
    this.#objects = new ObjectsApi(access, new Rewrites(options.rewriteBytesPerCall ?? Infinity));
    this.#xml = new XmlApi(access);
  }

  createBucket(name: string, settings: BucketSettings = {}): ObjectBucket {
    if (this.#buckets.has(name)) throw new Error(`bucket '${name}' exists already`);
    const bucket = new ObjectBucket(name, { now: this.#now, ...settings }, (object) => {
      for (const watcher of this.#watchers) watcher(object);
    });
    this.#buckets.set(name, bucket);
    return bucket;
  }

  /** Tells of every object that is made or replaced from now on, as a notification does. */
  watch(watcher: (object: StoredObject) => void): void {
    this.#watchers.add(watcher);
  }

  bucket(name: string): ObjectBucket | undefined {
    return this.#buckets.get(name);
  }

  deleteBucket(name: string): void {
    this.#buckets.delete(name);
  }

  /** Answers a request about objects; resolves to false, with nothing read or written, for any other. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const host = request.headers.host ?? "localhost";
    // Whoever came by Google's name came by TLS, which ended before this.
    const origin = `${host.endsWith(".googleapis.com") ? "https" : "http"}://${host}`;
    const url = new URL(request.url ?? "/", origin);
    const route = findRoute(url.pathname);
    if (route === undefined) return false;
    const body = await readBody(request);
    try {
      const bucket = this.#buckets.get(route.bucket);
      if (applyCors(request, response, bucket, this.#uploads.session(url))) return true;
      if (bucket === undefined) throw bucketNotFound();
      const call = { request, response, url, bytes: body.bytes, body, origin, now: this.#now() };
      if (route.kind === "upload") this.#uploads.handle(call, bucket);
      else if (!body.isWhole) request.destroy();
      else if (route.kind === "list") this.#objects.list(call, bucket);
      else if (route.kind === "object") this.#objects.one(call, bucket, route.name);
      else if (route.kind === "xml") this.#xml.handle(call, bucket, route.name);
      else {
        const target = this.#buckets.get(route.targetBucket);
        if (target === undefined) throw bucketNotFound();
        this.#objects.copy(
          call,
          { bucket, name: route.name },
          { bucket: target, name: route.target },
          route.kind,
        );
      }
    } catch (error) {
      refuse(response, error, route.kind === "xml");
    }
    return true;
  }
}

/** A server of its own on a free loopback port, for tests of what speaks to Cloud Storage. */
export async function startStorageStandIn(
  standIn: StorageStandIn,
): Promise<{ readonly origin: string; readonly close: () => Promise<void> }> {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (await standIn.handle(request, response)) return;
    refuse(response, new StorageError(404, "notFound", "NotFound", "Not Found"), false);
  };
  const server = createServer((request, response) => void answer(request, response));
  const port = await listenOnFreePort(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refuse(response: ServerResponse, error: unknown, asXml: boolean): void {
  const refusal =
    error instanceof StorageError
      ? error
      : new StorageError(500, "internalError", "InternalError", `A fault of the stand-in: ${String(error)}`);
  if (response.headersSent) return;
  const body = refusal.status === 304 ? "" : asXml ? refusal.toXml() : refusal.toJson();
  const type = asXml ? "application/xml; charset=UTF-8" : "application/json; charset=UTF-8";
  response
    .writeHead(refusal.status, { "content-type": type, "content-length": Buffer.byteLength(body) })
    .end(body);
}
