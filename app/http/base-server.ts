import Fastify from "fastify";
import type { FastifyInstance } from "fastify";
import type { IncomingMessage } from "node:http";
import { logOptions, traceFields } from "../telemetry/log.ts";
import type { LogSettings } from "../telemetry/log.ts";
import { RequestLog } from "../telemetry/request-log.ts";
import { answerClientError } from "./client-errors.ts";
import { limits } from "./limits.ts";
import { answerError, answerProblems } from "./problem-replies.ts";
import { loadSchemaCompilers } from "./schema-compilers.ts";
import { schemaController } from "./schema-controller.ts";
import { compileValidator } from "./schema-validator.ts";
import { securityHeaders } from "./security-headers.ts";
import { casualUuid } from "../uuid.ts";

export interface BaseServerOptions {
  /** Scheme and host that people see, such as `https://photos.example.com`. */
  readonly publicOrigin: string;
  readonly log: LogSettings;
}

/** What every role's HTTP server has before its first route: log, limits, headers, validation, problem replies. */
export function createBaseServer({ publicOrigin, log }: BaseServerOptions): FastifyInstance {
  const headers = securityHeaders(publicOrigin);
  const heads = new WeakSet<IncomingMessage>();
  const server = Fastify({
    logger: logOptions(log),
    logController: new RequestLog(),
    genReqId: () => casualUuid(),
    childLoggerFactory: (logger, bindings, options, request) =>
      logger.child({ ...bindings, ...traceFields(request.headers, log.projectId) }, options),
    // Errors of the router come before any hook.
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply.headers(headers)),
    clientErrorHandler: answerClientError,
    // HEAD finds the route of GET, and then is HEAD again: routes of its own take a twentieth of an instance's start.
    exposeHeadRoutes: false,
    rewriteUrl: (request) => {
      if (request.method === "HEAD") {
        heads.add(request);
        request.method = "GET";
      }
      return request.url ?? "/";
    },
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMilliseconds,
    handlerTimeout: limits.answerMilliseconds,
    keepAliveTimeout: limits.keepAliveMilliseconds,
    // While closing, what still arrives on open connections is answered, and told that they end.
    return503OnClosing: false,
    routerOptions: { maxParamLength: limits.pathParameterLength },
    schemaController,
  });
  server.setValidatorCompiler(compileValidator);
  server.addHook("onRequest", async ({ raw }) => {
    if (heads.delete(raw)) raw.method = "HEAD";
  });
  server.addHook("preValidation", async ({ routeOptions }) => {
    // Health answers without them, so that an instance is ready before it has loaded them.
    if (routeOptions.config.answersAnyone !== true) await loadSchemaCompilers();
  });
  server.addHook("onRequest", async (_request, reply) => {
    void reply.headers(headers);
  });
  answerProblems(server);
  endConnectionsWhenClosing(server);
  return server;
}

/** A connection that is answering while the server closes would else stay open, idle, and keep the process. */
function endConnectionsWhenClosing(server: FastifyInstance): void {
  let isClosing = false;
  server.addHook("preClose", async () => {
    isClosing = true;
  });
  server.addHook("onSend", async (_request, reply) => {
    if (isClosing) void reply.header("connection", "close");
  });
  server.addHook("onResponse", async () => {
    if (isClosing) setImmediate(() => server.server.closeIdleConnections());
  });
}
