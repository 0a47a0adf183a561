import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";

/** Belong to one connection, not to the message: RFC 9110, section 7.6.1. */
const hopHeaders = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The load balancer's own address, which the real one appends after the client's. */
const balancerAddress = "127.0.0.1";

/**
 * Headers for the app: those of the client without the hop's own and without any `x-goog-…`, which only Google
 * may set; client and balancer appended to `x-forwarded-for`; a trace begun where the client brings none.
 */
export function forwardedHeaders(request: IncomingMessage): OutgoingHttpHeaders {
  const named = connectionHeaders(request.headers.connection);
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (hopHeaders.has(name) || named.has(name) || name.startsWith("x-goog-")) continue;
    headers[name] = value;
  }
  if (request.headers["transfer-encoding"] !== undefined) headers["transfer-encoding"] = "chunked";
  const client = request.socket.remoteAddress ?? "unknown";
  const before = request.headers["x-forwarded-for"];
  const known = before === undefined ? [] : [before].flat();
  headers["x-forwarded-for"] = [...known, client, balancerAddress].join(", ");
  headers["x-forwarded-proto"] = "http";
  headers["via"] = "1.1 google";
  headers["x-cloud-trace-context"] ??= `${randomHex(32)}/${BigInt(`0x${randomHex(16)}`)};o=0`;
  return headers;
}

/** Name, value, name, value, …, as Node reads and writes them, without the hop's own: repeated ones stay apart. */
export function withoutHopHeaders(rawHeaders: readonly string[]): string[] {
  const named = connectionHeaders(
    rawHeaders.find(
      (_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === "connection",
    ),
  );
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    const lower = name.toLowerCase();
    if (!hopHeaders.has(lower) && !named.has(lower)) kept.push(name, rawHeaders[index + 1] ?? "");
  }
  return kept;
}

function connectionHeaders(value: string | undefined): ReadonlySet<string> {
  return new Set((value ?? "").split(",").map((name) => name.trim().toLowerCase()));
}

function randomHex(digits: number): string {
  return crypto.getRandomValues(Buffer.alloc(digits / 2)).toString("hex");
}
