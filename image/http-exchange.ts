import {
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { requireSafeScheme } from "./loopback.ts";

export interface HttpCall {
  readonly method: "DELETE" | "GET" | "HEAD" | "PATCH" | "POST" | "PUT";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | { readonly size: number; open(): Readable };
}

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Not yet read; whoever has the reply reads or destroys it. */
  readonly stream: IncomingMessage;
}

/** A connection without a byte for so long is taken as cut. */
const silenceMilliseconds = 60_000;

// Proxies are those of HTTPS_PROXY and NO_PROXY.
const agents = {
  "http:": new HttpAgent({ keepAlive: true }),
  "https:": new HttpsAgent({ keepAlive: true, proxyEnv: process.env }),
};

/**
 * One request and its reply, redirects not followed. Bodies are streamed with their length, never chunked:
 * registries want to know it. An early refusal is a reply, even while the body is still on its way.
 *
 * @throws Error when the address is neither https nor on this machine, or the connection fails
 */
export async function exchange({ method, url, headers = {}, body }: HttpCall): Promise<HttpReply> {
  requireSafeScheme(url);
  const isSecure = url.protocol === "https:";
  const size = body === undefined ? undefined : body instanceof Uint8Array ? body.length : body.size;
  const outgoing = (isSecure ? httpsRequest : httpRequest)(url, {
    method,
    agent: isSecure ? agents["https:"] : agents["http:"],
    headers: {
      "user-agent": "imgstream",
      ...headers,
      ...(size === undefined
        ? method === "POST"
          ? { "content-length": "0" }
          : {}
        : { "content-length": size }),
    },
  });
  const reply = new Promise<HttpReply>((resolve, reject) => {
    outgoing.on("response", (stream) => {
      resolve({ status: stream.statusCode ?? 0, headers: stream.headers, stream });
    });
    outgoing.on("error", reject);
    outgoing.setTimeout(silenceMilliseconds, () => {
      outgoing.destroy(new Error(`no byte came from ${url.host} for ${silenceMilliseconds / 1000} s`));
    });
  });
  if (body === undefined || body instanceof Uint8Array) {
    outgoing.end(body);
    return await reply;
  }
  const sent = pipeline(body.open(), outgoing);
  // Either the reply comes, or sending fails; a reply that overtakes the body wins.
  sent.catch(() => undefined);
  const early = await reply;
  // What is refused need not travel to its end.
  early.stream.once("end", () => {
    if (!outgoing.writableFinished) outgoing.destroy();
  });
  return early;
}

/** Reads what is left of a reply, up to a limit that no reply of a registry's API reaches. */
export async function readText({ stream }: HttpReply, limitBytes = 8 << 20): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) throw new Error(`a reply is longer than ${limitBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
