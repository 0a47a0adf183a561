import type { FastifyInstance } from "fastify";
import { createBaseServer } from "./http/base-server.ts";
import type { BaseServerOptions } from "./http/base-server.ts";
import { openStores } from "./adapters.ts";
import type { Config } from "./config.ts";
import { health } from "./http/health.ts";
import type { ReadinessCheck } from "./http/health.ts";

export interface WorkerDependencies extends BaseServerOptions {
  readonly readiness: readonly ReadinessCheck[];
}

/** The `worker` role's HTTP server, not yet listening. No event is pushed to it yet: it answers its health only. */
export async function buildWorker(dependencies: WorkerDependencies): Promise<FastifyInstance> {
  const server = createBaseServer(dependencies);
  await server.register(health, {
    checks: dependencies.readiness,
    version: dependencies.log.version,
  });
  return server;
}

/** Opens everything that the `worker` role needs and builds its server. */
export async function openWorker(config: Config): Promise<FastifyInstance> {
  const { checks } = await openStores(config);
  return await buildWorker({
    publicOrigin: config.publicOrigin,
    readiness: checks,
    log: { role: "worker", projectId: config.projectId, version: config.version },
  });
}
