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
  /** The server is asked twice, as after a repetition on the way; the second answer arrives. */
  | "twice"
  /** The connection breaks; the server hears of it only later. */
  | "late"
  /** The same, and the server hears of it when the test says so. */
  | "held"
  /** 503, and the rest of what is said with it never comes. */
  | "stuck-refusal"
  /** The answer begins and then stands still. */
  | "stuck-answer"
  /** The server does it; 200 is all that arrives. */
  | "empty-answer"
  /** The server does it; what arrives with the 200 says nothing of it. */
  | "blank-answer"
  /** The server does it; somebody on the way answers 200 with a page of theirs. */
  | "page-answer"
  /** Nothing is ever answered; the server does it all the same. */
  | "hang";

/** What arrives with a 200 instead of the server's answer. */
const unusable: Partial<Record<Fault, { readonly type?: string; readonly body: string }>> = {
  "empty-answer": { body: "" },
  "blank-answer": { type: "application/json", body: "{}" },
  "page-answer": { type: "text/html", body: "<html>Welcome</html>" },
};

/** Longer than what a writer waits before it asks again. */
const lateMilliseconds = 150;

export interface FaultyProxy {
  readonly origin: string;
  /** Happens to the next requests that match, one fault each. */
  plan(matches: (request: IncomingMessage) => boolean, ...faults: readonly Fault[]): void;
  /** Lets the server hear of what was held back. */
  readonly release: () => void;
  /** Method and path of what was forwarded. */
  readonly forwarded: string[];
  /** How many the server has done. */
  readonly answered: () => number;
  close(): Promise<void>;
}

/** Stands before a server and does to its requests what networks do. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const plans: { matches: (request: IncomingMessage) => boolean; faults: Fault[] }[] = [];
  const forwarded: string[] = [];
  let answered = 0;
  const held: (() => void)[] = [];

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    // Who sends may give up half way.
    const body = await buffer(incoming).catch(() => undefined);
    if (body === undefined) return;
    const plan = plans.find(({ matches, faults }) => faults.length > 0 && matches(incoming));
    const fault = plan?.faults.shift();
    if (fault === "lose-request") return void incoming.socket.destroy();
    if (fault === "unavailable") return void outgoing.writeHead(503).end("try again");
    if (fault === "too-many-requests") return void outgoing.writeHead(429).end("slow down");
    if (fault === "stuck-refusal")
      return void outgoing.writeHead(503, { "content-length": 100 }).write("try");
    if (fault === "late" || fault === "held") {
      incoming.socket.destroy();
      const { promise, resolve } = Promise.withResolvers<void>();
      if (fault === "late") setTimeout(resolve, lateMilliseconds);
      else held.push(resolve);
      await promise;
    }
    forwarded.push(`${incoming.method} ${incoming.url}`);
    if (fault === "twice") await forward(target, incoming, body);
    const answer = await forward(target, incoming, body);
    answered++;
    if (fault === "hang" || fault === "late" || fault === "held") return;
    if (fault === "stuck-answer") {
      const half = answer.body.subarray(0, answer.body.length / 2);
      return void outgoing.writeHead(answer.status, answer.headers).write(half);
    }
    if (fault === "lose-answer") return void incoming.socket.destroy();
    const instead = fault && unusable[fault];
    if (instead !== undefined) {
      const { type, body: said } = instead;
      const headers = { "content-length": said.length, ...(type !== undefined && { "content-type": type }) };
      return void outgoing.writeHead(200, headers).end(said);
    }
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
    answered: () => answered,
    release: () => held.splice(0).forEach((resolve) => resolve()),
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
