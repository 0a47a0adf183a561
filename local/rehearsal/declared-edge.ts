import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Server as NetServer } from "node:net";
import { createServer as createHttpsServer } from "node:https";
import type { SecureContext } from "node:tls";
import type { CertificateAuthority } from "../cloud-run/certificate-authority.ts";
import { LoadBalancer } from "../edge/load-balancer.ts";
import { type Asking, IdentityProxy } from "../edge/identity-proxy.ts";
import { openSigningKey, type SigningKey } from "../edge/signing-key.ts";
import { listenOnFreePort } from "../free-port.ts";
import { frontKeepAliveMilliseconds } from "../front-keep-alive.ts";
import { isAllowed } from "../google-apis/engine/access.ts";
import { at, objectsAt, textAt } from "../google-apis/engine/json.ts";
import type { Resource } from "../google-apis/engine/state.ts";
import type { World } from "../google-apis/engine/world.ts";
import type { Containers } from "./containers.ts";
import { type BackendBucketRequest, serveBackendBucket } from "./declared-bucket.ts";
import { EdgeCopies } from "./edge-copies.ts";
import { declaredHosts, resourceAt, routeOf } from "./declared-route.ts";
import { askedRequest, DeclaredFirewall } from "./firewall/declared-firewall.ts";

export interface DeclaredEdgeOptions {
  readonly world: World;
  readonly containers: Pick<Containers, "originOf">;
  readonly authority: CertificateAuthority;
  /** Keeps the identity proxy's keys. */
  readonly folder: string;
  /** Which groups a person is in: `group:photos@example.com`. */
  readonly groupsOf: (email: string) => readonly string[];
}

/**
 * What the declared load balancer, firewall, identity proxy and CDN do, read from the stand-in's resources at every request:
 * address, forwarding rules, proxies, URL map, backends, endpoint groups, IAP's policy and Cloud Run's.
 */
export class DeclaredEdge {
  readonly #options: DeclaredEdgeOptions;
  readonly #key: SigningKey;
  readonly #copies: EdgeCopies;
  readonly #balancers = new Map<string, LoadBalancer>();
  readonly #proxies = new Map<string, Promise<IdentityProxy>>();
  readonly #servers: NetServer[] = [];
  /** Why requests were not served, in words: what a person behind the edge cannot see. */
  readonly faults: string[] = [];
  /** Judges every request before anything behind it does. */
  readonly firewall: DeclaredFirewall;

  private constructor(options: DeclaredEdgeOptions, key: SigningKey) {
    this.#options = options;
    this.#key = key;
    this.#copies = new EdgeCopies(options.world);
    this.firewall = new DeclaredFirewall(options.world);
  }

  static async open(options: DeclaredEdgeOptions): Promise<DeclaredEdge> {
    return new DeclaredEdge(options, await openSigningKey(options.folder));
  }

  /** The proxy's public keys, as `www.gstatic.com` gives them to the app. */
  get keySet(): unknown {
    return this.#key.keySet;
  }

  /** Listens for HTTPS and HTTP on free loopback ports. */
  async listen(): Promise<{ readonly httpsPort: number; readonly httpPort: number }> {
    const https = createHttpsServer({
      SNICallback: (host, done) => {
        void this.#giveCertificate(host, done);
      },
    });
    const http = createHttpServer();
    https.on("request", (request, response) => this.#answer("https", request, response));
    http.on("request", (request, response) => this.#answer("http", request, response));
    https.keepAliveTimeout = frontKeepAliveMilliseconds;
    http.keepAliveTimeout = frontKeepAliveMilliseconds;
    this.#servers.push(https, http);
    return { httpsPort: await listenOnFreePort(https), httpPort: await listenOnFreePort(http) };
  }

  async close(): Promise<void> {
    for (const balancer of this.#balancers.values()) balancer.close();
    await Promise.all(
      this.#servers.map(
        (server) =>
          new Promise<void>((resolve) => {
            if ("closeAllConnections" in server && typeof server.closeAllConnections === "function") {
              server.closeAllConnections();
            }
            server.close(() => resolve());
          }),
      ),
    );
  }

  async #giveCertificate(
    host: string,
    done: (error: Error | null, context?: SecureContext) => void,
  ): Promise<void> {
    const hosts = declaredHosts(this.#options.world);
    if (hosts.includes(host)) done(null, await this.#options.authority.contextFor(host));
    else done(new Error(`no declared certificate is for '${host}', only for ${hosts.join(", ")}`));
  }

  #answer(scheme: "http" | "https", request: IncomingMessage, response: ServerResponse): void {
    this.#route(scheme, request, response).catch((error: unknown) => {
      this.#fail(response, 502, error instanceof Error ? error.message : String(error));
    });
  }

  async #route(scheme: "http" | "https", request: IncomingMessage, response: ServerResponse): Promise<void> {
    const host = (request.headers.host ?? "").replace(/:\d+$/, "");
    const url = new URL(request.url ?? "/", `${scheme}://${host}`);
    const route = routeOf(this.#options.world, url);
    if (route.kind === "service" || route.kind === "bucket") {
      const refusal = this.firewall.judge(route.backend, askedRequest(request, url));
      if (refusal !== undefined) {
        request.resume();
        return this.#fail(response, refusal.status, refusal.why);
      }
    }
    switch (route.kind) {
      case "redirect":
        request.resume();
        response.writeHead(route.status, { location: route.location }).end();
        return;
      case "bucket":
        return this.#serveBucket({ ...route, url }, request, response);
      case "service":
        return this.#serve(route.backend, url, request, response);
      case "nothing":
        return this.#fail(response, 404, route.why);
      default:
        return route satisfies never;
    }
  }

  #serveBucket(
    asked: Pick<BackendBucketRequest, "backend" | "urlMap" | "url">,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    serveBackendBucket({ ...asked, world: this.#options.world, copies: this.#copies }, request, response);
    const { statusCode } = response;
    if (statusCode < 400) return;
    this.faults.push(
      `the URL map sends ${asked.url.pathname} to the bucket backend '${asked.backend.name}', which answered ${statusCode}`,
    );
  }

  async #serve(
    backend: Resource,
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { world } = this.#options;
    const service = this.#serviceBehind(backend);
    if (typeof service === "string") return this.#fail(response, 502, service);
    let added: Readonly<Record<string, string>> = {};
    if (at(backend.body, "iap.enabled") === true) {
      const admitted = await this.#admit(backend, url, request, response);
      if (admitted === undefined) return;
      added = admitted;
    }
    const project = world.projects.of(backend.name);
    const agent = `serviceAccount:service-${project?.projectNumber}@gcp-sa-iap.iam.gserviceaccount.com`;
    if (!isAllowed(world, agent, "run.routes.invoke", "run", service.name)) {
      return this.#fail(
        response,
        403,
        `IAP's account may not invoke ${service.name}: its invoker grant is missing`,
      );
    }
    if (textAt(service.body, "ingress") === "INGRESS_TRAFFIC_INTERNAL_ONLY") {
      return this.#fail(
        response,
        404,
        `${service.name} takes no requests from a load balancer: its ingress is internal`,
      );
    }
    this.#balancer(service).forward(request, response, added);
  }

  /** The Cloud Run service behind a backend's endpoint groups: the first whose region has it. */
  #serviceBehind(backend: Resource): Resource | string {
    const { world } = this.#options;
    const groups = objectsAt(backend.body, "backends").map(({ group }) =>
      resourceAt(world, typeof group === "string" ? group : ""),
    );
    const wanted = groups.flatMap((group) => {
      const [, project, , region] = group?.name.split("/") ?? [];
      const id = textAt(group?.body, "cloudRun.service");
      return group === undefined ? [] : [`projects/${project}/locations/${region}/services/${id}`];
    });
    if (wanted.length === 0) return `the backend '${backend.name}' has no endpoint group`;
    for (const name of wanted) {
      const service = world.state.get("run", name);
      if (service !== undefined) return service;
    }
    return `no Cloud Run service is at ${wanted.join(", ")}, where the endpoint groups of '${backend.name}' lead`;
  }

  async #admit(backend: Resource, url: URL, request: IncomingMessage, response: ServerResponse) {
    const { world, groupsOf } = this.#options;
    const project = world.projects.of(backend.name);
    const audience = `/projects/${project?.projectNumber}/global/backendServices/${textAt(backend.body, "id")}`;
    const proxy = await this.#proxyFor(audience);
    const admitted = await proxy.admit({ request, response, url });
    if (admitted === undefined) return undefined;
    const email = (admitted["x-goog-authenticated-user-email"] ?? "").replace(/^accounts\.google\.com:/, "");
    const name = backend.name.replace("/global/backendServices/", "/iap_web/compute/services/");
    const members = [`user:${email}`, ...groupsOf(email)];
    const isAccessor = members.some((member) =>
      isAllowed(world, member, "iap.webServiceVersions.accessViaIAP", "iap", name),
    );
    if (isAccessor) return admitted;
    this.#fail(
      response,
      403,
      `${email} may not pass the identity proxy: no accessor's grant on ${name} names them`,
    );
    return undefined;
  }

  #proxyFor(audience: string): Promise<IdentityProxy> {
    const { folder } = this.#options;
    const proxy =
      this.#proxies.get(audience) ??
      IdentityProxy.open({
        folder,
        audience,
        onRefusal: (asking, why) => this.#noteRefusal(asking, why),
      });
    this.#proxies.set(audience, proxy);
    return proxy;
  }

  /** Of a page's own requests only: what programs ask unnamed by the thousand would hide them. */
  #noteRefusal({ request, url }: Asking, why: string): void {
    const { headers, method } = request;
    if (headers["x-requested-with"] === undefined || headers["sec-fetch-mode"] === undefined) return;
    this.faults.push(`the identity proxy refused ${method} ${url.pathname}: ${why}`);
  }

  #balancer(service: Resource): LoadBalancer {
    const known = this.#balancers.get(service.name);
    if (known !== undefined) return known;
    const balancer = new LoadBalancer({ appOrigin: () => this.#options.containers.originOf(service.name) });
    this.#balancers.set(service.name, balancer);
    return balancer;
  }

  #fail(response: ServerResponse, status: number, why: string): void {
    if (this.faults.at(-1) !== why) this.faults.push(why);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${why}\n`);
  }
}
