import { randomUUID } from "../late-crypto.ts";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { makeProblem, problemContentType } from "./problem.ts";
import { problemKind } from "./problem-table.ts";
import type { RequestRefusalCode } from "./request-refusal.ts";

// Importing `node:http` by name makes Node load its client for every export; this way it stays unloaded.
const { STATUS_CODES } = process.getBuiltinModule("node:http");

const refusals: Readonly<Record<string, { readonly code: RequestRefusalCode; readonly message: string }>> = {
  HPE_HEADER_OVERFLOW: { code: "headers-too-large", message: "Send fewer or shorter headers." },
  ERR_HTTP_REQUEST_TIMEOUT: { code: "request-timeout", message: "The request did not arrive in time." },
};

/** Answers what is not HTTP, or never became a whole request: there is no request yet for the error handler. */
export function answerClientError(
  this: FastifyInstance,
  error: Error & { readonly code?: string },
  socket: Socket,
): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const { code, message } = refusals[error.code ?? ""] ?? {
    code: "request-invalid",
    message: "This is not a request in HTTP.",
  };
  const correlationId = randomUUID();
  this.log.info({ code, detail: error.code, correlation_id: correlationId }, "connection refused");
  if (!socket.writable) {
    socket.destroy(error);
    return;
  }
  const body = JSON.stringify(makeProblem(code, { correlationId, message }));
  const { status } = problemKind(code);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${problemContentType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
