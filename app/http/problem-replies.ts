import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { AssertionRefusedError } from "../identity/assertion-refusal.ts";
import { rememberMethods } from "./allowed-methods.ts";
import { readFrameworkError } from "./framework-errors.ts";
import { makeProblem, problemContentType } from "./problem.ts";
import { isErrorCode, problemKind } from "./problem-table.ts";
import type { ErrorCode } from "./problem-table.ts";
import { RequestRefusedError } from "./request-refusal.ts";
import { dataHeaders } from "./security-headers.ts";

/**
 * Answers every error as RFC 9457 says, through the one table from codes to statuses. What has no code there is a
 * fault of ours: 500, which reveals nothing but the correlation id under which the log has everything.
 */
export function answerProblems(server: FastifyInstance): void {
  server.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  const methodsOf = rememberMethods(server);
  // After who asks is known and before a body is read that nobody wants.
  server.addHook("preParsing", async (request, reply) => {
    if (!request.is404) return;
    const methods = methodsOf(request.url.replace(/\?.*$/s, ""));
    if (methods.length === 0) throw new RequestRefusedError("not-found", "There is nothing at this address.");
    void reply.header("allow", methods.join(", "));
    throw new RequestRefusedError(
      "method-not-allowed",
      `This address takes ${methods.join(", ")}, not ${request.method}.`,
    );
  });
}

export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const isGone = request.raw.destroyed && !request.raw.complete;
  const meant = isGone ? clientGone(error) : (readFrameworkError(error) ?? error);
  const code = codeOf(meant);
  const kind = problemKind(code);
  record(request, code, kind.status, meant);
  const problem = makeProblem(code, {
    correlationId: request.id,
    message: meant instanceof Error ? meant.message : "",
    ...(meant instanceof RequestRefusedError && { faults: meant.faults }),
  });
  // Meant for the reply that the route had begun.
  for (const name of ["etag", "content-disposition", "content-encoding", "location", "accept-ranges"]) {
    reply.removeHeader(name);
  }
  void reply.headers(dataHeaders);
  if (kind.retryAfterSeconds !== undefined) void reply.header("retry-after", kind.retryAfterSeconds);
  // Written out here: a route's response schema is of its successes and would refuse or trim a problem.
  return reply
    .code(kind.status)
    .type(problemContentType)
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(problem);
}

/** Nobody hears this reply; what counts is that the log does not call it a fault of ours. */
function clientGone(cause: unknown): RequestRefusedError {
  return new RequestRefusedError("client-gone", "The connection ended before the request did.", { cause });
}

function codeOf(error: unknown): ErrorCode {
  return error instanceof Error && "code" in error && isErrorCode(error.code) ? error.code : "internal";
}

/** The log has what the reply must not: the reason of a refused sign-in, the stack of a fault of ours. */
function record(request: FastifyRequest, code: ErrorCode, status: number, error: unknown): void {
  if (status >= 500) request.log.error({ err: error, code }, "request failed");
  else if (error instanceof AssertionRefusedError) {
    request.log.warn({ code, reason: error.reason }, "sign-in refused");
  } else {
    request.log.info({ code, detail: error instanceof Error ? error.message : undefined }, "request refused");
  }
}
