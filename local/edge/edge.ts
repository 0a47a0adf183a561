import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import { join } from "node:path";
import { serveAsset } from "./cdn.ts";
import { sendFailure } from "./failure.ts";
import { IdentityProxy, proxyPaths } from "./identity-proxy.ts";
import { LoadBalancer } from "./load-balancer.ts";
import { type MediaBucketOptions, isMediaPath, serveMedia } from "./media-bucket.ts";

export interface EdgeOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Where the app listens now; undefined while it is away. */
  readonly appOrigin: () => string | undefined;
  /** Holds the page's `assets/`. */
  readonly pageFolder: string;
  /** What stands for the private media bucket, and the keys that its backend has. */
  readonly media: MediaBucketOptions;
  /** For keys, sessions and recent people. */
  readonly folder: string;
  /** `aud` of the assertions: `/projects/NUMBER/global/backendServices/ID`. */
  readonly audience: string;
  /** Half a day where it is not said. */
  readonly sessionSeconds?: number;
  /** How long the app may be silent; 300 as on Cloud Run where it is not said. */
  readonly timeoutSeconds?: number;
}

export interface Edge {
  /** What people open: `http://localhost:PORT`. */
  readonly origin: string;
  /** Where the public keys of the assertions are read. */
  readonly keySetUrl: string;
  readonly close: () => Promise<void>;
}

export class PortTakenError extends Error {
  readonly code = "port-taken";
  readonly port: number;

  constructor(port: number, options?: ErrorOptions) {
    super(
      `port ${port} of this machine is taken by another program: end that one, or choose another port, such as npm start -- --port ${port + 10}`,
      options,
    );
    this.port = port;
  }
}

/**
 * The stand-in for what Google Cloud puts before the app: CDN, identity proxy and load balancer under one
 * address. It listens on this machine's loopback only and answers under its names only.
 *
 * @throws PortTakenError
 */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const identityProxy = await IdentityProxy.open(options);
  const loadBalancer = new LoadBalancer(options);
  const assetsFolder = join(options.pageFolder, "assets");

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const host = request.headers.host ?? "";
    // Another name that was made to point here (DNS rebinding) must not reach anybody's session.
    if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host))
      return sendFailure(request, response, "misdirected");
    const url = URL.parse(request.url ?? "/", `http://${host}`);
    if (url === null || !(request.url ?? "").startsWith("/"))
      return sendFailure(request, response, "misdirected");
    if (url.pathname.startsWith("/assets/")) return await serveAsset(request, response, assetsFolder);
    if (isMediaPath(url.pathname)) return await serveMedia(request, response, url, options.media);
    const identity = await identityProxy.admit({ request, response, url });
    if (identity !== undefined) loadBalancer.forward(request, response, identity);
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch(() => sendFailure(request, response, "bad-gateway"));
  };

  const servers = await listenOnLoopback(listener, options.port);
  const port = portOf(servers[0]);
  return {
    origin: `http://localhost:${port}`,
    keySetUrl: `http://127.0.0.1:${port}${proxyPaths.keySet}`,
    async close() {
      await Promise.all(servers.map(closeServer));
      loadBalancer.close();
    },
  };
}

/** `localhost` means both addresses: browsers try ::1 first, and another program could sit there. */
async function listenOnLoopback(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
  port: number,
): Promise<Server[]> {
  const first = await listen(createServer(serverOptions, listener), "127.0.0.1", port);
  try {
    return [first, await listen(createServer(serverOptions, listener), "::1", portOf(first))];
  } catch (error) {
    // A machine without IPv6 has no such address.
    if (!(error instanceof PortTakenError)) return [first];
    await closeServer(first);
    throw error;
  }
}

/** Uploads over a slow line take longer than Node's five minutes for a request. */
const serverOptions = { requestTimeout: 0, keepAliveTimeout: 60_000 };

function listen(server: Server, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? new PortTakenError(port, { cause: error }) : error);
    });
    server.listen(port, host, () => resolve(server));
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // Event streams and kept connections would hold the end up.
    server.closeAllConnections();
  });
}

function portOf(server: Server | undefined): number {
  const address = server?.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
