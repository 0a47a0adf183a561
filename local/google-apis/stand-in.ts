import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { artifactRegistry } from "./artifact-registry.ts";
import { bigquery } from "./bigquery.ts";
import { billingBudgets } from "./billing-budgets.ts";
import { cloudScheduler } from "./cloud-scheduler.ts";
import { compute } from "./compute.ts";
import { ApiError } from "./engine/api-error.ts";
import type { Json } from "./engine/json.ts";
import type { ApiModule } from "./engine/kind.ts";
import { readRequestBody } from "./engine/request-body.ts";
import { type Reply, Responder } from "./engine/responder.ts";
import { frontKeepAliveMilliseconds } from "../front-keep-alive.ts";
import { World, type WorldOptions } from "./engine/world.ts";
import { iam } from "./iam.ts";
import { iamCredentials } from "./iam-credentials.ts";
import { iap } from "./iap.ts";
import { logging } from "./logging.ts";
import { monitoringModules } from "./monitoring.ts";
import { pubsub } from "./pubsub.ts";
import { redis } from "./redis.ts";
import { resourceManagerModules } from "./resource-manager.ts";
import { run } from "./run.ts";
import { secretManager } from "./secret-manager.ts";
import { serviceUsageModules } from "./service-usage.ts";
import { storageBuckets } from "./storage-buckets.ts";
import { storageTransfer } from "./storage-transfer.ts";

export const apiModules: readonly ApiModule[] = [
  artifactRegistry,
  bigquery,
  billingBudgets,
  cloudScheduler,
  compute,
  iam,
  iamCredentials,
  iap,
  logging,
  ...monitoringModules,
  pubsub,
  redis,
  ...resourceManagerModules,
  run,
  secretManager,
  ...serviceUsageModules,
  storageBuckets,
  storageTransfer,
];

/** Answers what is not one of the APIs' methods; returns false to leave it to them. */
export type SideDoor = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

export interface StandInOptions extends WorldOptions {
  /** @default 0, a free one */
  readonly port?: number;
  /** Asked first, for paths such as objects' uploads. @default none */
  readonly sideDoors?: readonly SideDoor[];
}

export interface StandIn {
  /** `http://127.0.0.1:PORT`, without a slash. */
  readonly origin: string;
  readonly world: World;
  /** An access token of the projects' owner. */
  readonly ownerToken: string;
  close(): Promise<void>;
}

function callerOf(world: World, request: IncomingMessage): string {
  const member = world.tokens.callerOf(request);
  if (member !== undefined) return member;
  const message =
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.";
  throw new ApiError("UNAUTHENTICATED", message);
}

/**
 * The path with the API's name before it. Whoever reaches the stand-in as `run.googleapis.com`, as a container does,
 * sends paths without it.
 */
function pathOf(request: IncomingMessage): string {
  const path = request.url ?? "/";
  const api = request.headers.host?.match(/^([a-z]+)\.googleapis\.com(?::\d+)?$/)?.[1];
  const isObjects = api === undefined || api === "storage" || api === "www";
  return isObjects || path.startsWith(`/${api}/`) ? path : `/${api}${path}`;
}

async function answer(world: World, responder: Responder, request: IncomingMessage): Promise<Reply> {
  const path = pathOf(request);
  const [, rawPath = "", query = ""] = /^([^?#]*)(?:\?([^#]*))?/.exec(path) ?? [];
  const search = new URLSearchParams(query);
  const head = { time: world.identifiers.time(), verb: request.method ?? "GET", path };
  let body: Json | undefined;
  let caller: string | undefined;
  let reply: Reply;
  try {
    body = await readRequestBody(request);
    caller = callerOf(world, request);
    reply = await responder.respond({ verb: head.verb, rawPath, search, body, caller });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    reply = { status: error.httpStatus, body: error.toReply(true), methodId: undefined };
  }
  world.log.add({ ...head, methodId: reply.methodId, caller, body, status: reply.status, reply: reply.body });
  return reply;
}

/**
 * Starts a stand-in for Google's APIs on the loopback address: what the real Terraform provider, its backend and the
 * apply-time programs call when `endpoints.ts` points them here. It holds everything in memory and refuses what Google
 * refuses, as far as the shapes of the Discovery documents and the files beside this one know.
 */
export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const world = new World(options);
  const responder = new Responder(apiModules, world);
  const server = createServer((request, response) => {
    serve(world, responder, options.sideDoors ?? [], request, response).catch((error: unknown) => {
      fail(world, request, response, error);
    });
  });
  server.keepAliveTimeout = frontKeepAliveMilliseconds;
  await listen(server, options.port ?? 0);
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    world,
    ownerToken: world.tokens.issue(options.owner),
    close: () => close(server),
  };
}

/** A fault of the stand-in itself: it must be seen, in the log too, and never taken for an answer of Google's. */
function fail(world: World, request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const reply = `The stand-in failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  const [verb, path] = [request.method ?? "GET", request.url ?? "/"];
  const time = world.identifiers.time();
  world.log.add({
    time,
    verb,
    path,
    methodId: undefined,
    caller: undefined,
    body: undefined,
    status: 500,
    reply,
  });
  if (response.headersSent) response.destroy();
  else response.writeHead(500, { "content-type": "text/plain" }).end(`${reply}\n`);
}

async function serve(
  world: World,
  responder: Responder,
  sideDoors: readonly SideDoor[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  for (const door of sideDoors) if (await door(request, response)) return;
  if (mayBeObject(request) && (await world.objects.handle(request, response))) return;
  const { status, body } = await answer(world, responder, request);
  if (body === undefined) {
    response.writeHead(status).end();
    return;
  }
  response.writeHead(status, { "content-type": "application/json; charset=UTF-8" }).end(JSON.stringify(body));
}

const apiNames = new Set(apiModules.map(({ shape }) => shape.split(".")[0] ?? ""));

/** Objects have addresses of the form `/BUCKET/OBJECT` too: the names of the APIs are no buckets here. */
function mayBeObject(request: IncomingMessage): boolean {
  const first = pathOf(request).split("/")[1] ?? "";
  return first === "storage" || !apiNames.has(first);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });
}
