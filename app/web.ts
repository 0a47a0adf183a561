import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { openAdapters } from "./adapters.ts";
import type { Config } from "./config.ts";
import { tellChanges } from "./events/told-catalog.ts";
import { readPage } from "./http/page.ts";
import { openRateLimit } from "./http/rate-limit/open-rate-limit.ts";
import { loadSchemaCompilers } from "./http/schema-compilers.ts";
import { warmUp } from "./http/warm-up.ts";
import { createAssertionVerifier } from "./identity/assertion.ts";
import { createKeySet } from "./identity/key-set.ts";
import { loadTokenLibrary } from "./identity/token-library.ts";
import { createPeople } from "./identity/people.ts";
import { createMediaAccess } from "./media/media-access.ts";
import { createPhotoLibrary } from "./photos/photo-library.ts";
import { createPhotoMedia } from "./photos/photo-media.ts";
import { createProcessingQueue } from "./photos/processing-queue.ts";
import { createPictures } from "./pictures/pictures.ts";
import { openUploadSessions } from "./uploads/open-upload-sessions.ts";
import { buildServer } from "./server.ts";

/** Opens everything that the `web` role needs and builds its server, which closes it all. */
export async function openWeb(config: Config): Promise<FastifyInstance> {
  const page = await readPage(config.pageFolder, config.version);
  let log: FastifyBaseLogger | undefined;
  const adapters = await openAdapters(config, "web", () => log);
  const { media, records, uploads, inbox, topics } = adapters;
  const pictures = createPictures();
  try {
    const catalog = tellChanges(adapters.catalog, {
      topic: topics?.catalog,
      onNotTold: (error) => server.log.warn({ err: error }, "a change was not told; it is published later"),
    });
    const adding = {
      catalog,
      media,
      pictures,
      processing: createProcessingQueue(uploads),
    };
    const rateLimit = openRateLimit({ ...config, log: () => server.log });
    const server = await buildServer({
      publicOrigin: config.publicOrigin,
      identity: {
        verifier: createAssertionVerifier({
          audience: config.audience,
          keySet: createKeySet({
            url: new URL(config.keySetUrl),
            onRefreshFailed: (error) =>
              server.log.error({ err: error }, "the proxy's keys could not be refreshed"),
          }),
        }),
        people: createPeople({ records, identityKey: config.identityKey }),
        administrators: new Set(config.administrators),
      },
      rateLimit,
      catalog,
      photos: {
        library: createPhotoLibrary({ catalog }),
        media: createPhotoMedia({ catalog, media }),
        access:
          config.mediaKey && createMediaAccess({ key: config.mediaKey, publicOrigin: config.publicOrigin }),
        adding,
        inbox,
      },
      uploads: {
        ...adding,
        ...openUploadSessions(config, uploads),
        uploads,
        inbox,
        publicOrigin: config.publicOrigin,
      },
      deletedKeptDays: config.deletedKeptDays,
      readiness: adapters.checks,
      page,
      log: { role: "web", projectId: config.projectId, version: config.version },
    });
    log = server.log;
    warmUp(server, [
      loadSchemaCompilers,
      loadTokenLibrary,
      () => catalog.open(),
      () => pictures.load(),
      rateLimit.share,
    ]);
    // After the last request: hooks of this kind run once the server has stopped listening.
    server.addHook("onClose", async () => {
      rateLimit.close();
      await adapters.close();
    });
    if (page === undefined) {
      server.log.warn({ folder: config.pageFolder }, "the page is not built; the API answers without it");
    }
    return server;
  } catch (error) {
    await adapters.close();
    throw error;
  }
}
