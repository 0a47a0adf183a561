import { type IncomingMessage, type ServerResponse, createServer, request } from "node:http";
import { buffer } from "node:stream/consumers";

export type Fault =
  /** The connection breaks before the server hears anything. */
  | "lose-request"
  /** The server does it; the connection breaks before the answer. */
  | "lose-answer"
  /** The server does it; 503 is all that arrives. */
  | "hide-answer"
  /** 503, and the server has heard nothing. */
  | "unavailable"
  | "too-many-requests"
  /** Nothing is ever answered; the server does it all the same. */
  | "hang";

export interface FaultyProxy {
  readonly origin: string;
  /** Happens to the next requests that match, one fault each. */
  plan(matches: (request: IncomingMessage) => boolean, ...faults: readonly Fault[]): void;
  /** Method and path of what was forwarded. */
  readonly forwarded: string[];
  close(): Promise<void>;
}

/** Stands before a server and does to its requests what networks do. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const plans: { matches: (request: IncomingMessage) => boolean; faults: Fault[] }[] = [];
  const forwarded: string[] = [];

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    // Who sends may give up half way.
    const body = await buffer(incoming).catch(() => undefined);
    if (body === undefined) return;
    const plan = plans.find(({ matches, faults }) => faults.length > 0 && matches(incoming));
    const fault = plan?.faults.shift();
    if (fault === "lose-request") return void incoming.socket.destroy();
    if (fault === "unavailable") return void outgoing.writeHead(503).end("try again");
    if (fault === "too-many-requests") return void outgoing.writeHead(429).end("slow down");
    forwarded.push(`${incoming.method} ${incoming.url}`);
    const answer = await forward(target, incoming, body);
    if (fault === "hang") return;
    if (fault === "lose-answer") return void incoming.socket.destroy();
    if (fault === "hide-answer") return void outgoing.writeHead(503).end("try again");
    outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  };

  const server = createServer((incoming, outgoing) => void serve(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    plan: (matches, ...faults) => plans.push({ matches, faults: [...faults] }),
    forwarded,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function forward(target: string, incoming: IncomingMessage, body: Buffer) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { method, headers, url } = incoming;
  const { host: _host, "transfer-encoding": _encoding, ...kept } = headers;
  request(`${target}${url}`, {
    ...(method !== undefined && { method }),
    headers: { ...kept, "content-length": body.length },
  })
    .on("response", resolve)
    .on("error", reject)
    .end(body);
  const answer = await promise;
  return { status: answer.statusCode ?? 502, headers: answer.headers, body: await buffer(answer) };
}

export const isUpload = (incoming: IncomingMessage) =>
  incoming.method === "POST" && (incoming.url ?? "").startsWith("/upload/");
export const isDownload = (incoming: IncomingMessage) => (incoming.url ?? "").includes("alt=media");
