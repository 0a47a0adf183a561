import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { openAdapters } from "./adapters.ts";
import type { Config } from "./config.ts";
import { catalogEventRoutes, type CatalogEventRoutesOptions } from "./events/catalog-event-routes.ts";
import { eventRoutes } from "./events/event-routes.ts";
import type { EventRoutesOptions } from "./events/event-routes.ts";
import { tellChanges } from "./events/told-catalog.ts";
import { createPushVerifier } from "./events/push-verifier.ts";
import { createBaseServer } from "./http/base-server.ts";
import type { BaseServerOptions } from "./http/base-server.ts";
import { health } from "./http/health.ts";
import type { ReadinessCheck } from "./http/health.ts";
import { loadSchemaCompilers } from "./http/schema-compilers.ts";
import { warmUp } from "./http/warm-up.ts";
import { createKeySet } from "./identity/key-set.ts";
import { loadTokenLibrary } from "./identity/token-library.ts";
import { createProcessingQueue } from "./photos/processing-queue.ts";
import { createHeicDecoder } from "./pictures/heic-decoder.ts";
import { createPictures } from "./pictures/pictures.ts";

export interface WorkerDependencies extends BaseServerOptions {
  readonly readiness: readonly ReadinessCheck[];
  readonly events: EventRoutesOptions;
  /** Undefined where there is no Pub/Sub. */
  readonly catalogEvents: Omit<CatalogEventRoutesOptions, "verifier"> | undefined;
}

/** The `worker` role's HTTP server, not yet listening: it takes pushed events, and answers its health. */
export async function buildWorker(dependencies: WorkerDependencies): Promise<FastifyInstance> {
  const server = createBaseServer(dependencies);
  await server.register(health, {
    checks: dependencies.readiness,
    version: dependencies.log.version,
  });
  await server.register(eventRoutes, dependencies.events);
  if (dependencies.catalogEvents !== undefined) {
    const { verifier } = dependencies.events;
    await server.register(catalogEventRoutes, { ...dependencies.catalogEvents, verifier });
  }
  return server;
}

/**
 * Opens everything that the `worker` role needs and builds its server, which closes it all.
 *
 * @param program the app's program file, for the child process that decodes HEIC
 */
export async function openWorker(config: Config, program: string): Promise<FastifyInstance> {
  let log: FastifyBaseLogger | undefined;
  const adapters = await openAdapters(config, "worker", () => log);
  const { media, records, uploads, inbox, topics } = adapters;
  const pictures = createPictures({ heic: createHeicDecoder({ program }) });
  try {
    const catalog = tellChanges(adapters.catalog, {
      topic: topics?.catalog,
      onNotTold: (error) => server.log.warn({ err: error }, "a change was not told; it is published later"),
    });
    const server = await buildWorker({
      publicOrigin: config.publicOrigin,
      readiness: adapters.checks,
      log: { role: "worker", projectId: config.projectId, version: config.version },
      catalogEvents: topics && { records, published: topics.published },
      events: {
        catalog,
        media,
        inbox,
        processing: createProcessingQueue(uploads),
        pictures,
        verifier: createPushVerifier({
          audience: config.events.audience,
          account: config.events.account,
          keySet: createKeySet({
            url: new URL(config.events.keySetUrl),
            onRefreshFailed: (error) =>
              server.log.error({ err: error }, "the keys of pushed events could not be refreshed"),
          }),
        }),
      },
    });
    log = server.log;
    warmUp(server, [loadSchemaCompilers, loadTokenLibrary, () => catalog.open(), () => pictures.load()]);
    server.addHook("onClose", () => adapters.close());
    return server;
  } catch (error) {
    await adapters.close();
    throw error;
  }
}
