import type { FastifyInstance } from "fastify";
import { createAlbumLibrary } from "./albums/album-library.ts";
import { albumRoutes } from "./albums/album-routes.ts";
import type { Catalogs } from "./catalog/create-catalog.ts";
import { createBaseServer } from "./http/base-server.ts";
import crossSite from "./http/cross-site.ts";
import { health } from "./http/health.ts";
import type { ReadinessCheck } from "./http/health.ts";
import openapi from "./http/openapi.ts";
import { pageRoutes } from "./http/page.ts";
import type { Page } from "./http/page.ts";
import rateLimit from "./http/rate-limit/rate-limit-plugin.ts";
import type { RateLimitOptions } from "./http/rate-limit/rate-limit-plugin.ts";
import identityPlugin from "./identity/identity-plugin.ts";
import type { IdentityOptions } from "./identity/identity-plugin.ts";
import mediaCookies from "./media/media-cookies.ts";
import { photoRoutes } from "./photos/photo-routes.ts";
import type { PhotoRoutesOptions } from "./photos/photo-routes.ts";
import type { LogSettings } from "./telemetry/log.ts";
import { uploadRoutes } from "./uploads/upload-routes.ts";
import type { UploadRoutesOptions } from "./uploads/upload-routes.ts";
import { createAccounts } from "./users/accounts.ts";
import { activityRoutes } from "./users/activity-routes.ts";
import { changesRoutes } from "./users/changes-routes.ts";
import { undoRoutes } from "./users/undo-routes.ts";
import { directoryRoutes } from "./users/directory-routes.ts";
import sessionPlugin from "./users/session-plugin.ts";
import signInPlugin from "./users/sign-in-plugin.ts";
import { createSignIns } from "./users/sign-ins.ts";
import { usersRoutes } from "./users/users-routes.ts";

export interface ServerDependencies {
  /** Scheme and host that people see, such as `https://photos.example.com`. */
  readonly publicOrigin: string;
  readonly identity: IdentityOptions;
  readonly rateLimit: RateLimitOptions;
  readonly catalog: Catalogs;
  readonly photos: PhotoRoutesOptions;
  readonly uploads: UploadRoutesOptions;
  /** For so many days what was deleted can be brought back in the stores. */
  readonly deletedKeptDays: number;
  readonly readiness: readonly ReadinessCheck[];
  /** Undefined where it is not built; its addresses say so then. */
  readonly page: Page | undefined;
  readonly log: LogSettings;
}

/**
 * The `web` role's HTTP server, not yet listening; tests use its `inject`. It opens nothing and so closes nothing:
 * whoever made the dependencies closes them after it.
 */
export async function buildServer(dependencies: ServerDependencies): Promise<FastifyInstance> {
  const { publicOrigin, catalog } = dependencies;
  const server = createBaseServer({ publicOrigin, log: dependencies.log });
  await server.register(identityPlugin, dependencies.identity);
  await server.register(rateLimit, dependencies.rateLimit);
  await server.register(mediaCookies, { access: dependencies.photos.access, publicOrigin });
  await server.register(crossSite, { publicOrigin });
  await server.register(openapi, { publicOrigin });
  await server.register(health, {
    checks: dependencies.readiness,
    version: dependencies.log.version,
  });
  await server.register(pageRoutes, {
    page: dependencies.page,
    uploadOrigin: dependencies.uploads.uploadOrigin,
  });

  await server.register(async (api) => {
    const { organisation } = catalog;
    const { people } = dependencies.identity;
    const accounts = createAccounts({ catalog, organisation, people });
    const signIns = createSignIns({
      catalog,
      organisation,
      onNotRecorded: (error) => server.log.error({ err: error }, "a sign-in could not be recorded"),
    });
    await api.register(sessionPlugin);
    await api.register(signInPlugin, { signIns, accounts, people });
    await api.register(usersRoutes, {
      catalog,
      accounts,
      signIns,
      deletedKeptDays: dependencies.deletedKeptDays,
    });
    await api.register(activityRoutes, { catalog });
    await api.register(changesRoutes, { catalog });
    await api.register(undoRoutes, { catalog });
    await api.register(directoryRoutes, { catalog, organisation });
    await api.register(albumRoutes, { library: createAlbumLibrary({ catalog }) });
    await api.register(photoRoutes, dependencies.photos);
    await api.register(uploadRoutes, dependencies.uploads);
  });
  return server;
}
