import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type Catalogs, createCatalog } from "../../../app/catalog/create-catalog.ts";
import { realSurroundings } from "../../../app/catalog/protocol/surroundings.ts";
import { createAssertionVerifier } from "../../../app/identity/assertion.ts";
import { createPeople } from "../../../app/identity/people.ts";
import { type Inbox, createInbox } from "../../../app/photos/inbox.ts";
import { createWorkingMemory } from "../../../app/photos/working-memory.ts";
import { createPhotoLibrary } from "../../../app/photos/photo-library.ts";
import { createPhotoMedia } from "../../../app/photos/photo-media.ts";
import { createProcessingQueue } from "../../../app/photos/processing-queue.ts";
import { createPictures } from "../../../app/pictures/pictures.ts";
import type { CopyingStore, ObjectStore } from "../../../app/storage/object-store.ts";
import type { OpenedSessions } from "../../../app/uploads/open-upload-sessions.ts";
import { type TestIssuer, testAudience } from "../../app/iap-issuer.ts";
import { createTestServer, testOrigin } from "../../app/test-server.ts";
import { Steps, sessionsStepByStep, stepByStep } from "./interrupted.ts";

/** What outlives every process: stores, and the keys of who signs in. */
export interface Ground {
  readonly media: CopyingStore;
  readonly records: CopyingStore;
  readonly uploads: CopyingStore;
  readonly folder: string;
  readonly issuer: TestIssuer;
  /** Sessions of a process on the uploads store, as it sees that store. */
  readonly openSessions: (uploads: ObjectStore) => OpenedSessions;
}

/** One process of the service, from its start until it is killed or closed. */
export interface Life {
  readonly steps: Steps;
  readonly catalog: Catalogs;
  /** As this process sees them. */
  readonly media: CopyingStore;
  readonly uploads: CopyingStore;
  readonly inbox: Inbox;
  readonly ask: (request: Ask) => Promise<Reply>;
  /** Puts the catalog's clock forward. */
  readonly goAhead: (hours: number) => void;
  readonly close: () => Promise<void>;
}

export interface Ask {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly payload?: Buffer | object;
}

export interface Reply {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: Record<string, unknown>;
}

/** The network between client and service did not bring an answer. */
export class NoAnswerError extends Error {}

export async function beginLife(ground: Ground, steps = new Steps()): Promise<Life> {
  // Of the records only writing is a step: how often a view looks for news is a matter of time.
  const records = stepByStep(ground.records, "records", steps, false);
  const media = stepByStep(ground.media, "media", steps, true);
  const uploads = stepByStep(ground.uploads, "uploads", steps, true);
  const cacheFolder = join(ground.folder, `cache-${randomUUID()}`);
  let hoursAhead = 0;
  const surroundings = { ...realSurroundings, now: () => Date.now() + hoursAhead * 3600_000 };
  const catalog = await createCatalog({ records, cacheFolder, surroundings });
  const inbox = createInbox({ cacheFolder, memory: createWorkingMemory("worker", 4 * 2 ** 30) });
  const pictures = createPictures();
  const processing = createProcessingQueue(uploads);
  const { sessions, disk } = ground.openSessions(uploads);
  const steppedDisk = disk && sessionsStepByStep(disk, steps);
  const adding = { catalog, media, pictures, processing };
  const { server, headersOf } = await createTestServer({
    identity: {
      verifier: createAssertionVerifier({ audience: testAudience, keySet: ground.issuer.keySet }),
      people: createPeople({ records: ground.records, identityKey: "an identity key of 32 characters" }),
      administrators: new Set(),
    },
    catalog,
    photos: {
      library: createPhotoLibrary({ catalog }),
      media: createPhotoMedia({ catalog, media }),
      access: undefined,
      adding,
      inbox,
    },
    uploads: {
      ...adding,
      inbox,
      uploads,
      sessions: steppedDisk ?? sessionsStepByStep(sessions, steps),
      disk: steppedDisk,
      publicOrigin: testOrigin,
    },
  });
  const identity = {
    ...(await headersOf()),
    "x-goog-iap-jwt-assertion": await ground.issuer.sign(),
  };
  return {
    steps,
    catalog,
    media,
    uploads,
    inbox,
    goAhead(hours) {
      hoursAhead += hours;
    },
    async ask({ method, url, headers, payload }) {
      if (steps.isDead) throw new NoAnswerError("the process is gone");
      const request = { method, url, headers: { ...identity, ...headers } };
      const reply = await server.inject(payload === undefined ? request : { ...request, payload });
      // A killed process answers nobody.
      if (steps.isDead) throw new NoAnswerError("the process is gone");
      const isJson = String(reply.headers["content-type"]).includes("json");
      return { status: reply.statusCode, headers: reply.headers, body: isJson ? reply.json() : {} };
    },
    async close() {
      await server.close();
      await catalog.close();
      await inbox.close();
    },
  };
}
