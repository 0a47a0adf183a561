import { createHash, randomUUID } from "node:crypto";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What goes wrong with a request, decided before it is served; nothing means that all goes well. */
export type Fault =
  /** Answers at once with that status. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly body?: string | Buffer;
      readonly headers?: Record<string, string>;
    }
  /** Takes, or gives, so many bytes of the body, then cuts the connection. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** Serves the request, but names another digest in its reply. */
  | { readonly kind: "wrong-digest" }
  | undefined;

export interface RegistryRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** How many requests of this method and kind of path came before. */
  readonly earlier: number;
}

export interface InMemoryRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly blobs: ReadonlyMap<string, Buffer>;
  /** By `repository/tag-or-digest`. */
  readonly manifests: ReadonlyMap<string, Buffer>;
  readonly requests: readonly RegistryRequest[];
  stop(): Promise<void>;
}

export interface InMemoryRegistryOptions {
  readonly fault?: (request: RegistryRequest) => Fault;
  /** Keeps referrers, as registries of the specification's version 1.1 do. */
  readonly keepsReferrers?: boolean;
  /** Refuses to move a tag. */
  readonly hasImmutableTags?: boolean;
  /** Takes a blob in one request without a range, as Artifact Registry does, and no second one of that upload. */
  readonly takesBlobsWhole?: boolean;
  /** Whether a blob may be mounted from that repository. @default always */
  readonly mayMountFrom?: (repository: string, request: RegistryRequest) => boolean;
  /** Gives no part of a blob, but always all of it. */
  readonly ignoresRanges?: boolean;
  /** Forgets an upload when its connection breaks, and cannot say how much arrived. */
  readonly forgetsUploads?: boolean;
}

/** A registry of the distribution specification in memory, which goes wrong on demand. */
export async function startInMemoryRegistry(
  options: InMemoryRegistryOptions = {},
): Promise<InMemoryRegistry> {
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, Buffer>();
  const uploads = new Map<string, Buffer>();
  const requests: RegistryRequest[] = [];
  /** `repository@digest`: who has a blob. */
  const holdings = new Set<string>();

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "", "http://registry");
    const method = request.method ?? "";
    const kind = `${method} ${url.pathname.replace(/sha256:.*|uploads\/.+/, "")}`;
    const seen = { method, path: url.pathname + url.search, headers: request.headers };
    const earlier = requests.filter(
      ({ method: other, path }) =>
        `${other} ${new URL(path, "http://r").pathname.replace(/sha256:.*|uploads\/.+/, "")}` === kind,
    ).length;
    requests.push({ ...seen, earlier });
    const fault = options.fault?.({ ...seen, earlier });
    if (fault?.kind === "status") {
      response.writeHead(fault.status, fault.headers).end(fault.body);
      return;
    }
    const [, repository = "", part, rest = ""] =
      /^\/v2\/(.+?)\/(blobs\/uploads|blobs|manifests)\/(.*)$/.exec(url.pathname) ?? [];
    const reply = (status: number, headers: Record<string, string> = {}, body?: Buffer): void => {
      const changed =
        fault?.kind === "wrong-digest" ? { "docker-content-digest": `sha256:${"0".repeat(64)}` } : {};
      response.writeHead(status, { ...headers, ...changed }).end(body);
    };

    if (part === "blobs/uploads" && method === "POST") {
      const mounted = url.searchParams.get("mount") ?? "";
      const from = url.searchParams.get("from") ?? "";
      const isMounted =
        holdings.has(`${from}@${mounted}`) && options.mayMountFrom?.(from, { ...seen, earlier }) !== false;
      if (isMounted) holdings.add(`${repository}@${mounted}`);
      if (isMounted) return reply(201, { location: "/", "docker-content-digest": mounted });
      const id = randomUUID();
      uploads.set(id, Buffer.alloc(0));
      return reply(202, { location: `/v2/${repository}/blobs/uploads/${id}?state=1`, range: "0-0" });
    }
    if (part === "blobs/uploads") {
      const upload = uploads.get(rest);
      if (upload === undefined) return reply(404, {}, refusal("BLOB_UPLOAD_UNKNOWN"));
      const location = `/v2/${repository}/blobs/uploads/${rest}?state=${upload.length}`;
      if (method === "GET") return reply(204, { location, range: `0-${Math.max(0, upload.length - 1)}` });
      if (method === "DELETE") {
        uploads.delete(rest);
        return reply(204);
      }
      if (method === "PATCH") {
        const isPart = request.headers["content-range"] !== undefined || upload.length > 0;
        if (options.takesBlobsWhole === true && isPart) return reply(400, {}, refusal("UNSUPPORTED"));
        const start = Number(/^(\d+)-/.exec(request.headers["content-range"] ?? "")?.[1] ?? upload.length);
        if (start !== upload.length) return reply(416, {}, refusal("BLOB_UPLOAD_INVALID"));
        const limit = fault?.kind === "cut" ? fault.afterBytes : Number.POSITIVE_INFINITY;
        const chunks: Buffer[] = [upload];
        let taken = 0;
        for await (const chunk of request as AsyncIterable<Buffer>) {
          chunks.push(chunk.subarray(0, limit - taken));
          taken += chunk.length;
          if (taken >= limit) {
            if (options.forgetsUploads === true) uploads.delete(rest);
            else uploads.set(rest, Buffer.concat(chunks));
            request.socket.destroy();
            return;
          }
        }
        const received = Buffer.concat(chunks);
        uploads.set(rest, received);
        return reply(202, { location, range: `0-${received.length - 1}` });
      }
      const digest = url.searchParams.get("digest") ?? "";
      if (digestOf(upload) !== digest) return reply(400, {}, refusal("DIGEST_INVALID"));
      uploads.delete(rest);
      blobs.set(digest, upload);
      holdings.add(`${repository}@${digest}`);
      return reply(201, { location: "/", "docker-content-digest": digest });
    }
    if (part === "blobs") {
      const blob = holdings.has(`${repository}@${rest}`) ? blobs.get(rest) : undefined;
      if (blob === undefined) return reply(404, {}, refusal("BLOB_UNKNOWN"));
      const isRead = method === "GET";
      const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
      const isPart = isRead && start > 0 && options.ignoresRanges !== true;
      const given = isPart ? blob.subarray(start) : blob;
      const headers = {
        "content-length": String(given.length),
        ...(isPart && { "content-range": `bytes ${start}-${blob.length - 1}/${blob.length}` }),
      };
      if (!isRead || fault?.kind !== "cut")
        return reply(isPart ? 206 : 200, headers, isRead ? given : undefined);
      response.writeHead(isPart ? 206 : 200, headers);
      response.write(given.subarray(0, fault.afterBytes), () => request.socket.destroy());
      return;
    }
    if (part === "manifests") {
      const name = `${repository}/${rest}`;
      if (method !== "PUT") {
        const found = manifests.get(name);
        if (found === undefined) return reply(404, {}, refusal("MANIFEST_UNKNOWN"));
        const { mediaType } = JSON.parse(found.toString()) as { mediaType: string };
        const headers = { "content-type": mediaType, "docker-content-digest": digestOf(found) };
        return reply(200, headers, method === "HEAD" ? undefined : found);
      }
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const manifest = Buffer.concat(chunks);
      if (options.hasImmutableTags === true && !rest.includes(":") && manifests.has(name)) {
        return reply(409, {}, refusal("DENIED"));
      }
      const digest = digestOf(manifest);
      manifests.set(name, manifest);
      manifests.set(`${repository}/${digest}`, manifest);
      const { subject } = JSON.parse(manifest.toString()) as { subject?: { digest: string } };
      const kept = subject !== undefined && options.keepsReferrers === true;
      return reply(201, { "docker-content-digest": digest, ...(kept && { "oci-subject": subject.digest }) });
    }
    return reply(404);
  };

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    blobs,
    manifests,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function refusal(code: string): Buffer {
  return Buffer.from(JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }));
}
