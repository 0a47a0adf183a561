import { randomUUID } from "node:crypto";
import Fastify from "fastify";
import type { FastifyInstance } from "fastify";
import type { Catalog } from "./catalog/catalog.ts";
import crossSite from "./http/cross-site.ts";
import { health } from "./http/health.ts";
import type { ReadinessCheck } from "./http/health.ts";
import { limits } from "./http/limits.ts";
import { answerError, answerProblems } from "./http/problem-replies.ts";
import { compileValidator } from "./http/schema-validator.ts";
import securityHeaders from "./http/security-headers.ts";
import identityPlugin from "./identity/identity-plugin.ts";
import type { IdentityOptions } from "./identity/identity-plugin.ts";
import { logOptions, traceFields } from "./telemetry/log.ts";
import type { LogSettings } from "./telemetry/log.ts";
import { RequestLog } from "./telemetry/request-log.ts";

export interface ServerDependencies {
  /** Scheme and host that people see, such as `https://photos.example.com`. */
  readonly publicOrigin: string;
  readonly identity: IdentityOptions;
  readonly catalog: Catalog;
  readonly readiness: readonly ReadinessCheck[];
  readonly log: LogSettings;
}

/**
 * The `web` role's HTTP server, not yet listening; tests use its `inject`. It opens nothing and so closes nothing:
 * whoever made the dependencies closes them after it.
 */
export async function buildServer(dependencies: ServerDependencies): Promise<FastifyInstance> {
  const server = Fastify({
    logger: logOptions(dependencies.log),
    logController: new RequestLog(),
    genReqId: () => randomUUID(),
    childLoggerFactory: (logger, bindings, options, request) =>
      logger.child({ ...bindings, ...traceFields(request.headers) }, options),
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMilliseconds,
    handlerTimeout: limits.answerMilliseconds,
    keepAliveTimeout: limits.keepAliveMilliseconds,
    // While closing, what still arrives on open connections is answered, and told that they end.
    return503OnClosing: false,
    routerOptions: { maxParamLength: limits.pathParameterLength },
  });
  server.setValidatorCompiler(compileValidator);
  answerProblems(server);

  await server.register(securityHeaders, dependencies);
  await server.register(identityPlugin, dependencies.identity);
  await server.register(crossSite, dependencies);
  await server.register(health, { checks: dependencies.readiness });
  return server;
}
