import type { FastifyReply, FastifyRequest } from "fastify";
import { LogController } from "fastify";

/**
 * One line for each request, when it has been answered: method, route, status, time. The route is the pattern
 * (`/v1/photos/:id`), so that lines can be counted by it and no query, which may hold a cursor or an address with
 * a signature, is written down. Health probes are left out: every instance is asked every few seconds.
 */
export class RequestLog extends LogController {
  constructor() {
    super({ requestIdLogLabel: "correlation_id" });
  }

  override incomingRequest(): void {}

  override requestCompleted(
    error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    const { config, url: route } = request.routeOptions;
    if (config.answersAnyone === true && reply.statusCode < 500) return;
    const fields = {
      method: request.method,
      route: route ?? null,
      status: reply.statusCode,
      latency_ms: Math.round(reply.elapsedTime * 10) / 10,
      ...(error && { err: error }),
    };
    const message = `${request.method} ${route ?? "(no route)"} ${reply.statusCode}`;
    if (error || reply.statusCode >= 500) request.log.error(fields, message);
    else request.log.info(fields, message);
  }
}
