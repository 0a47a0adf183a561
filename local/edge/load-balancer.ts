import {
  Agent,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
  request as openRequest,
} from "node:http";
import { sendFailure } from "./failure.ts";
import { forwardedHeaders, withoutHopHeaders } from "./forwarded-headers.ts";

/** Cloud Run takes no larger request over HTTP/1: https://cloud.google.com/run/quotas */
export const maximumRequestBytes = 32 * 1024 * 1024;

export interface LoadBalancerOptions {
  /** Where the app listens now, such as `http://127.0.0.1:40123`; undefined while there is none. */
  readonly appOrigin: () => string | undefined;
  /** How long the app may be silent, as Cloud Run's request timeout. @default 300 */
  readonly timeoutSeconds?: number;
}

/**
 * The stand-in for the global load balancer: passes requests to the app and answers back without holding
 * either, so that uploads and event streams flow. Headers that only Google sets are taken from no client.
 */
export class LoadBalancer {
  readonly #options: LoadBalancerOptions;
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 64 });

  constructor(options: LoadBalancerOptions) {
    this.#options = options;
  }

  /** @param added what the identity proxy vouches for; replaces any header of the same name. */
  forward(request: IncomingMessage, response: ServerResponse, added: Readonly<Record<string, string>>): void {
    const origin = this.#options.appOrigin();
    if (origin === undefined) return sendFailure(request, response, "unavailable");
    if (Number(request.headers["content-length"] ?? 0) > maximumRequestBytes) {
      return sendFailure(request, response, "too-large");
    }
    this.#send(request, response, origin, { ...forwardedHeaders(request), ...added });
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(
    request: IncomingMessage,
    response: ServerResponse,
    origin: string,
    headers: OutgoingHttpHeaders,
  ): void {
    const timeoutSeconds = this.#options.timeoutSeconds ?? 300;
    const upstream = openRequest(new URL(origin), {
      agent: this.#agent,
      method: request.method ?? "GET",
      path: request.url ?? "/",
      headers,
      setHost: false,
      timeout: timeoutSeconds * 1000,
    });
    let answered = false;
    upstream.on("response", (answer) => {
      answered = true;
      response.writeHead(
        answer.statusCode ?? 502,
        answer.statusMessage ?? "",
        withoutHopHeaders(answer.rawHeaders),
      );
      // An event stream's headers must not wait for its first event.
      response.flushHeaders();
      answer.on("error", () => response.destroy());
      answer.pipe(response);
      // Answered before the whole upload: the app need not have the rest. It is read and dropped, since a browser
      // shows no answer on a connection that was cut while it was sending.
      answer.on("end", () => {
        request.unpipe(upstream);
        request.resume();
        if (!request.complete) upstream.destroy();
      });
    });
    upstream.on("timeout", () => {
      if (!answered) sendFailure(request, response, "timeout");
      upstream.destroy();
    });
    upstream.on("error", (error: NodeJS.ErrnoException) => {
      request.unpipe(upstream);
      if (answered || response.headersSent) {
        request.resume();
        return;
      }
      // The app closed an idle connection just as it was taken up again: nothing has reached it.
      const isRepeatable = request.method === "GET" || request.method === "HEAD";
      if (upstream.reusedSocket && error.code === "ECONNRESET" && isRepeatable) {
        this.#send(request, response, origin, headers);
        return;
      }
      sendFailure(request, response, error.code === "ECONNREFUSED" ? "unavailable" : "bad-gateway");
    });
    response.on("close", () => {
      if (!response.writableFinished) upstream.destroy();
    });
    countBytes(request, () => {
      if (!answered) sendFailure(request, response, "too-large");
      upstream.destroy();
    });
    request.pipe(upstream);
  }
}

/** Calls back once when a body without a declared length grows too large. */
function countBytes(request: IncomingMessage, onTooLarge: () => void): void {
  if (request.headers["transfer-encoding"] === undefined) return;
  let received = 0;
  const count = (chunk: Buffer): void => {
    received += chunk.length;
    if (received <= maximumRequestBytes) return;
    request.off("data", count);
    onTooLarge();
  };
  request.on("data", count);
}
