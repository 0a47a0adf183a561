import type { IncomingMessage, ServerResponse } from "node:http";
import type { CorsRule, ObjectBucket } from "./object-bucket.ts";
import type { ResumableSession } from "./resumable-session.ts";

/** What Google's answers let a page read; whether `Range` is among it cannot be relied on. */
const exposedOfSessions = "Content-Length, Content-Type, Date, X-GUploader-UploadID";

/**
 * Sets the headers that let a page of another origin read the answer. A resumable session answers to the origin
 * that started it, everything else follows the bucket's rules. Requests are never refused for their origin: it is
 * the browser that keeps the answer from the page. https://cloud.google.com/storage/docs/cross-origin
 *
 * @returns true when the request was a preflight and is answered
 */
export function applyCors(
  request: IncomingMessage,
  response: ServerResponse,
  bucket: ObjectBucket | undefined,
  session: ResumableSession | undefined,
): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return false;
  const method = request.headers["access-control-request-method"] ?? request.method ?? "";
  const rule =
    session === undefined
      ? bucket?.settings.cors?.find((candidate) => matches(candidate, origin, method))
      : session.start.origin === origin
        ? { origin: [origin], method: [method], responseHeader: [exposedOfSessions], maxAgeSeconds: 3600 }
        : undefined;
  if (rule !== undefined) {
    response.setHeader("access-control-allow-origin", rule.origin.includes("*") ? "*" : origin);
    response.setHeader("access-control-expose-headers", rule.responseHeader.join(", "));
    response.setHeader("vary", "Origin");
  }
  if (request.method !== "OPTIONS") return false;
  if (rule !== undefined) {
    response.setHeader("access-control-allow-methods", rule.method.join(", "));
    response.setHeader("access-control-max-age", rule.maxAgeSeconds);
    const asked = request.headers["access-control-request-headers"];
    if (asked !== undefined)
      response.setHeader(
        "access-control-allow-headers",
        session === undefined ? rule.responseHeader.join(", ") : asked,
      );
  }
  response.writeHead(200, { "content-length": 0 }).end();
  return true;
}

function matches(rule: CorsRule, origin: string, method: string): boolean {
  return (rule.origin.includes("*") || rule.origin.includes(origin)) && rule.method.includes(method);
}
