import {
  createServer as createHttpServer,
  type IncomingMessage,
  request as httpRequest,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer, type SecureContext } from "node:tls";
import { createServer as createNetServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { listenOnFreePort } from "../free-port.ts";
import { frontKeepAliveMilliseconds } from "../front-keep-alive.ts";
import type { CertificateAuthority } from "./certificate-authority.ts";

/** Which stand-in answers for a host, such as `storage.googleapis.com` → `http://127.0.0.1:9000`. */
export type StandInOf = (host: string) => string | undefined;

/** Sees a request before it is passed on. @returns after how many bytes of its body the line breaks; undefined: never */
export type BreakOff = (request: IncomingMessage) => number | undefined;

export interface GoogleHosts {
  /** Port inside a container → socket file, as the relay takes it. */
  readonly egress: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Answers for Google's hosts outside the containers: ends TLS with a certificate for the host that was asked for
 * and passes each request on to its stand-in, host name kept. A host without a stand-in is refused with 502 and
 * a sentence that names it, so that a forgotten one is seen and not guessed.
 */
export async function answerForGoogle(
  folder: string,
  authority: CertificateAuthority,
  standInOf: StandInOf,
): Promise<GoogleHosts> {
  const { tls, plain, close } = googleServers(authority, standInOf);
  const egress = { "443": join(folder, "egress-443.sock"), "80": join(folder, "egress-80.sock") };
  await Promise.all([listen(tls, egress["443"]), listen(plain, egress["80"])]);
  return { egress, close };
}

/** The same on a free loopback port, for a browser that is told to find Google's hosts there. */
export async function answerForGoogleOnPort(
  authority: CertificateAuthority,
  standInOf: StandInOf,
  breakOff?: BreakOff,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { tls, close } = googleServers(authority, standInOf, breakOff);
  return { port: await listenOnFreePort(tls), close };
}

function googleServers(authority: CertificateAuthority, standInOf: StandInOf, breakOff?: BreakOff) {
  const http = createHttpServer((request, response) => {
    const bytes = breakOff?.(request);
    if (bytes !== undefined) breakAfter(request, bytes);
    passOn(request, response, standInOf);
  });
  http.keepAliveTimeout = frontKeepAliveMilliseconds;
  const tls = createTlsServer({
    ALPNProtocols: ["http/1.1"],
    SNICallback: (host, done) => {
      void withCertificate(authority, host, done);
    },
  });
  const take = (socket: Socket): void => void http.emit("connection", socket);
  tls.on("secureConnection", take);
  tls.on("tlsClientError", (_error, socket) => socket.destroy());
  const plain = createNetServer(take);
  // A server that does not listen itself knows nothing of its connections, nor TLS of what is no session yet.
  const sockets = new Set<Socket>();
  for (const server of [tls, plain]) {
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    });
  }
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    const listening = [tls, plain].filter((server) => server.listening);
    await Promise.all(listening.map((server) => new Promise((resolve) => server.close(resolve))));
  };
  return { tls, plain, close };
}

async function withCertificate(
  authority: CertificateAuthority,
  host: string,
  done: (error: Error | null, context?: SecureContext) => void,
): Promise<void> {
  try {
    done(null, await authority.contextFor(host));
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
  }
}

function passOn(request: IncomingMessage, response: ServerResponse, standInOf: StandInOf): void {
  const host = (request.headers.host ?? "").replace(/:\d+$/, "");
  const target = standInOf(host);
  if (target === undefined) {
    refuse(response, `Nothing stands in for '${host}' in this rehearsal.`);
    return;
  }
  const onward = httpRequest(
    new URL(request.url ?? "/", target),
    { method: request.method, headers: request.headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on("error", (error) =>
    refuse(response, `The stand-in for '${host}' did not answer: ${error.message}`),
  );
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}

/** As where a line is lost: both ways at once, without a word. */
function breakAfter(request: IncomingMessage, bytes: number): void {
  let arrived = 0;
  request.on("data", (part: Buffer) => {
    arrived += part.length;
    if (arrived >= bytes) request.socket.destroy();
  });
}

function refuse(response: ServerResponse, sentence: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(502, { "content-type": "text/plain; charset=utf-8" }).end(`${sentence}\n`);
}

function listen(server: Server, socketFile: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketFile, resolve);
  });
}
