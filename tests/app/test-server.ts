import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Catalogs } from "../../app/catalog/create-catalog.ts";
import { createAssertionVerifier } from "../../app/identity/assertion.ts";
import { LocalRateLimiter } from "../../app/http/rate-limit/local-rate-limiter.ts";
import { defaultRequestLimits } from "../../app/http/rate-limit/request-limits.ts";
import { createPeople } from "../../app/identity/people.ts";
import { createInbox } from "../../app/photos/inbox.ts";
import { createWorkingMemory } from "../../app/photos/working-memory.ts";
import { createPhotoMedia } from "../../app/photos/photo-media.ts";
import { createPhotoLibrary } from "../../app/photos/photo-library.ts";
import { createProcessingQueue } from "../../app/photos/processing-queue.ts";
import { createPictures } from "../../app/pictures/pictures.ts";
import { createDiskUploadSessions } from "../../app/uploads/disk-upload-sessions.ts";
import { buildServer } from "../../app/server.ts";
import type { ServerDependencies } from "../../app/server.ts";
import { createTestIssuer, testAudience } from "./iap-issuer.ts";
import type { TestIssuer } from "./iap-issuer.ts";
import { createMemoryStore } from "./memory-store.ts";
import type { MemoryStore } from "./memory-store.ts";

export const testOrigin = "https://photos.example.com";

export interface TestServer {
  readonly server: FastifyInstance;
  readonly issuer: TestIssuer;
  readonly records: MemoryStore;
  /** What was logged, line by line. */
  readonly lines: Record<string, unknown>[];
  /** Headers of a signed-in person's request, writes included. */
  readonly headersOf: (claims?: Record<string, unknown>) => Promise<Record<string, string>>;
}

/** A server as in the cloud but for its dependencies: keys of our own, a store in memory. */
export async function createTestServer(given: Partial<ServerDependencies> = {}): Promise<TestServer> {
  const issuer = await createTestIssuer();
  const records = createMemoryStore();
  const lines: Record<string, unknown>[] = [];
  const server = await buildServer({
    publicOrigin: testOrigin,
    identity: {
      verifier: createAssertionVerifier({ audience: testAudience, keySet: issuer.keySet }),
      people: createPeople({ records, identityKey: "an identity key of at least 32 characters" }),
      administrators: new Set(["root@example.com"]),
    },
    rateLimit: {
      limits: defaultRequestLimits,
      limiter: new LocalRateLimiter({ limits: defaultRequestLimits }),
    },
    catalog: emptyCatalog,
    deletedKeptDays: 61,
    photos: {
      library: createPhotoLibrary({ catalog: emptyCatalog }),
      media: createPhotoMedia({ catalog: emptyCatalog, media: records }),
      access: undefined,
      adding: {
        catalog: emptyCatalog,
        media: records,
        pictures: createPictures(),
        processing: createProcessingQueue(records),
      },
      inbox: createInbox({
        cacheFolder: join(tmpdir(), "imgstream-test-cache"),
        memory: createWorkingMemory("web", 512 * 2 ** 20),
      }),
    },
    uploads: {
      catalog: emptyCatalog,
      media: records,
      uploads: records,
      pictures: createPictures(),
      processing: createProcessingQueue(records),
      inbox: createInbox({
        cacheFolder: join(tmpdir(), "imgstream-test-cache"),
        memory: createWorkingMemory("web", 512 * 2 ** 20),
      }),
      sessions: createDiskUploadSessions(join(tmpdir(), "imgstream-test-cache"), records),
      disk: undefined,
      publicOrigin: testOrigin,
    },
    readiness: [],
    page: { html: Buffer.from("<!doctype html><title>ImgStream</title>"), entityTag: '"page-1"' },
    log: {
      role: "web",
      projectId: "imgstream-test",
      version: "a-version",
      destination: { write: (line) => lines.push(JSON.parse(line)) },
    },
    ...given,
  });
  return {
    server,
    issuer,
    records,
    lines,
    async headersOf(claims) {
      return {
        "x-goog-iap-jwt-assertion": await issuer.sign(claims),
        "x-requested-with": "XMLHttpRequest",
      };
    },
  };
}

export const emptyCatalog: Catalogs = {
  organisation: {
    execute: () => Promise.reject(new Error("this test's organisation takes no commands")),
    member: async () => undefined,
    memberByEmail: async () => undefined,
    members: async () => [],
    settings: async () => ({}),
    flags: async () => [],
    statistics: async () => [],
  },
  execute: () => Promise.reject(new Error("this test's catalog takes no commands")),
  undo: () => Promise.reject(new Error("this test's catalog takes no commands")),
  photo: async () => undefined,
  photoOfContent: async () => undefined,
  photos: async () => ({ photos: [], nextCursor: undefined }),
  facets: () => Promise.reject(new Error("this test's catalog counts nothing")),
  timeline: async () => ({ periods: [], nextCursor: undefined }),
  photoColumns: () => Promise.reject(new Error("this test's catalog has no columns")),
  everyPhoto: async () => [],
  changes: () => Promise.reject(new Error("this test's catalog has no history")),
  activity: async () => ({ activities: [], nextCursor: undefined }),
  albums: async () => ({ albums: [], nextCursor: undefined }),
  album: async () => undefined,
  albumPhotos: async () => ({ photos: [], nextCursor: undefined }),
  shares: async () => ({ shares: [], nextCursor: undefined }),
  share: async () => undefined,
  keepUp: async () => ({ snapshots: 0, segments: 0, hasFailed: false }),
  upload: async () => undefined,
  profile: async () => undefined,
  usage: () => Promise.reject(new Error("this test's catalog counts nothing")),
  isClosed: async () => false,
  close: async () => {},
};
