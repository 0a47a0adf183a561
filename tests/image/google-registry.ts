import { type IncomingMessage, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Fault,
  type InMemoryRegistry,
  type InMemoryRegistryOptions,
  type RegistryRequest,
  startInMemoryRegistry,
} from "./in-memory-registry.ts";

export interface GoogleRegistry extends InMemoryRegistry {
  /** Host of the object store that readers of blobs are sent to: not the registry's own. */
  readonly storeHost: string;
  readonly storeRequests: readonly IncomingMessage["headers"][];
  /** The scopes of each token that was asked for, and as whom. */
  readonly tokenRequests: readonly { readonly scopes: readonly string[]; readonly isSignedIn: boolean }[];
}

export interface GoogleRegistryOptions extends InMemoryRegistryOptions {
  /** Anybody may read these without an account. @default none */
  readonly publicRepositories?: readonly string[];
  /** How many requests a token serves before it has expired. @default any number */
  readonly usesOfToken?: number;
  /** Whether the account's own token, and all that were given for it, have expired. @default never */
  readonly hasAccountExpired?: () => boolean;
  /** Sends readers to a path of its own, as Artifact Registry does, instead of to the object store. */
  readonly servesBlobsItself?: boolean;
  /** What goes wrong in the object store with the request of that number, counted from 0. */
  readonly storeFault?: (
    earlier: number,
  ) =>
    | { readonly status: number; readonly headers?: Record<string, string> }
    | { readonly cutAfterBytes: number }
    | undefined;
}

/** The account's access token. */
export const accessToken = "google-access-token";

const basic = `Basic ${Buffer.from(`oauth2accesstoken:${accessToken}`).toString("base64")}`;

/**
 * A registry that asks for a sign-in and sends readers elsewhere, as gcr.io and Artifact Registry do: a request
 * without a token that allows it is answered with the token service and the scope, tokens allow what their scopes
 * say and no more, and an object store refuses whoever brings an `authorization` besides the signed address.
 *
 * @see https://cloud.google.com/artifact-registry/docs/docker/authentication
 */
export async function startGoogleRegistry(options: GoogleRegistryOptions = {}): Promise<GoogleRegistry> {
  const tokenRequests: { scopes: string[]; isSignedIn: boolean }[] = [];
  const storeRequests: IncomingMessage["headers"][] = [];
  const uses = new Map<string, number>();
  const isPublic = (repository: string): boolean => options.publicRepositories?.includes(repository) === true;

  const giveToken = ({ path, headers }: RegistryRequest): Fault => {
    const isSignedIn = headers.authorization === basic;
    const isRefused = !isSignedIn || options.hasAccountExpired?.() === true;
    if (headers.authorization !== undefined && isRefused) return { kind: "status", status: 401 };
    const scopes = new URL(path, "http://registry").searchParams.getAll("scope");
    tokenRequests.push({ scopes, isSignedIn });
    const granted = scopes.flatMap((scope) => {
      const [, repository = "", access = ""] = scope.split(":");
      if (isSignedIn) return [scope];
      return isPublic(repository) && access.includes("pull") ? [`repository:${repository}:pull`] : [];
    });
    // Each one is another, as real ones are.
    const token = Buffer.from(JSON.stringify([...granted, `number:${tokenRequests.length}:`])).toString(
      "base64url",
    );
    return { kind: "status", status: 200, body: JSON.stringify({ token, expires_in: 300 }) };
  };

  const behave = (request: RegistryRequest): Fault => {
    if (request.path.startsWith("/v2/token")) return giveToken(request);
    const needed = neededScope(request);
    const { authorization = "" } = request.headers;
    uses.set(authorization, (uses.get(authorization) ?? 0) + 1);
    const hasExpired =
      (uses.get(authorization) ?? 0) > (options.usesOfToken ?? Number.POSITIVE_INFINITY) ||
      options.hasAccountExpired?.() === true;
    const held = hasExpired ? [] : readToken(authorization);
    if (needed !== undefined && !held.includes(needed)) {
      const host = request.headers.host ?? "";
      const [, repository, access] = needed.split(" ");
      const challenge = `Bearer realm="http://${host}/v2/token",service="${host}",scope="repository:${repository}:${access === "push" ? "pull,push" : "pull"}"`;
      return { kind: "status", status: 401, headers: { "www-authenticate": challenge } };
    }
    const fault = options.fault?.(request);
    if (fault !== undefined) return fault;
    const [, digest] = /^\/v2\/.+\/blobs\/(sha256:[0-9a-f]{64})$/.exec(request.path) ?? [];
    const own = /^\/artifacts-downloads\/(sha256:[0-9a-f]{64})$/.exec(request.path)?.[1];
    // Signed as the object store's addresses are, but behind the same sign-in.
    if (own !== undefined && held.length === 0) return { kind: "status", status: 403 };
    if (own !== undefined) return { kind: "status", status: 200, body: registry.blobs.get(own) ?? "" };
    if (request.method !== "GET" || digest === undefined || !registry.blobs.has(digest)) return undefined;
    const location =
      options.servesBlobsItself === true
        ? `/artifacts-downloads/${digest}`
        : `http://${storeHost}/${digest}?signature=1`;
    return { kind: "status", status: 302, headers: { location } };
  };

  const registry = await startInMemoryRegistry({
    takesBlobsWhole: true,
    ...options,
    fault: behave,
    mayMountFrom: (from, request) =>
      options.mayMountFrom?.(from, request) ??
      readToken(request.headers.authorization).includes(`repository ${from} pull`),
  });

  const store = createServer((request, response) => {
    const fault = options.storeFault?.(storeRequests.length);
    storeRequests.push(request.headers);
    if (request.headers.authorization !== undefined) return response.writeHead(400).end();
    if (fault !== undefined && "status" in fault)
      return response.writeHead(fault.status, fault.headers).end();
    const digest = /^\/(sha256:[0-9a-f]{64})\?signature=1$/.exec(request.url ?? "")?.[1] ?? "";
    const blob = registry.blobs.get(digest) ?? Buffer.alloc(0);
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    response.writeHead(start > 0 ? 206 : 200, {
      "content-length": String(blob.length - start),
      ...(start > 0 && { "content-range": `bytes ${start}-${blob.length - 1}/${blob.length}` }),
    });
    if (fault === undefined) return response.end(blob.subarray(start));
    return response.write(blob.subarray(start, start + fault.cutAfterBytes), () => request.socket.destroy());
  });
  await new Promise<void>((resolve) => {
    store.listen(0, "127.0.0.1", resolve);
  });
  // Another name of the same machine: another host, as the object store is.
  const storeHost = `localhost:${(store.address() as AddressInfo).port}`;

  return {
    ...registry,
    storeHost,
    storeRequests,
    tokenRequests,
    stop: async () => {
      await registry.stop();
      await new Promise<void>((resolve) => {
        store.close(() => resolve());
        store.closeAllConnections();
      });
    },
  };
}

/** `repository NAME pull` or `… push`, or nothing for what needs no token. */
function neededScope({ method, path }: RegistryRequest): string | undefined {
  const repository = /^\/v2\/(.+?)\/(?:blobs|manifests)\//.exec(path)?.[1];
  if (repository === undefined)
    return path.startsWith("/artifacts-downloads/") ? undefined : "repository - pull";
  return `repository ${repository} ${method === "GET" || method === "HEAD" ? "pull" : "push"}`;
}

/** What a token allows, one entry an action. */
function readToken(authorization: string | undefined): readonly string[] {
  const [, token] = /^Bearer (.+)$/.exec(authorization ?? "") ?? [];
  if (token === undefined) return [];
  const scopes = JSON.parse(Buffer.from(token, "base64url").toString()) as string[];
  return scopes.flatMap((scope) => {
    const [, repository, actions = ""] = scope.split(":");
    return actions.split(",").map((action) => `repository ${repository} ${action}`);
  });
}
