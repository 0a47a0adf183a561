import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createCatalog } from "../../app/catalog/create-catalog.ts";
import { createMediaAccess } from "../../app/media/media-access.ts";
import type { SigningKey } from "../../app/media/signing-key.ts";
import { createInbox } from "../../app/photos/inbox.ts";
import { MemoryBudget } from "../../app/photos/memory-budget.ts";
import type { Every } from "../../app/photos/pace.ts";
import { createWorkingMemory } from "../../app/photos/working-memory.ts";
import { createPhotoMedia } from "../../app/photos/photo-media.ts";
import { createPhotoLibrary } from "../../app/photos/photo-library.ts";
import { createProcessingQueue } from "../../app/photos/processing-queue.ts";
import { createPictures } from "../../app/pictures/pictures.ts";
import { createDiskUploadSessions } from "../../app/uploads/disk-upload-sessions.ts";
import { surroundingsAt } from "../catalog/fixtures.ts";
import { createTestServer, testOrigin } from "../app/test-server.ts";
import { type FormPart, formOf } from "./form-body.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";

/** The server with the photo routes over a disk store of its own; gone with the test. */
export async function createPhotoServer(
  options: {
    readonly roomBytes?: number;
    readonly stallSeconds?: number;
    readonly every?: Every;
    readonly decodeBytes?: number;
    /** The edge's; without one the server streams photos itself. */
    readonly key?: SigningKey;
    /** The catalog's, milliseconds. @default the system's */
    readonly clock?: { now: number };
  } = {},
) {
  const { clock, decodeBytes, every, key, roomBytes, stallSeconds = 30 } = options;
  const pictures = createPictures(decodeBytes === undefined ? {} : { decodeBytes });
  const folder = mkdtempSync(join(tmpdir(), "imgstream-photos-"));
  const cacheFolder = join(folder, "cache");
  const records = new DiskObjectStore(join(folder, "records"));
  const catalog = await createCatalog({
    records,
    cacheFolder,
    ...(clock && { surroundings: surroundingsAt(clock) }),
  });
  const media = new DiskObjectStore(join(folder, "media"));
  const memory =
    roomBytes === undefined
      ? createWorkingMemory("web", 512 * 2 ** 20)
      : new MemoryBudget({ totalBytes: roomBytes });
  const inbox = createInbox({ cacheFolder, memory, stallSeconds, ...(every && { every }) });
  const uploads = new DiskObjectStore(join(folder, "uploads"));
  const processing = createProcessingQueue(uploads);
  const sessions = createDiskUploadSessions(join(folder, "uploads"), uploads);
  const library = createPhotoLibrary({ catalog });
  const access = key && createMediaAccess({ key, publicOrigin: testOrigin });
  const test = await createTestServer({
    catalog,
    photos: {
      library,
      media: createPhotoMedia({ catalog, media }),
      access,
      adding: { catalog, media, pictures, processing },
      inbox,
    },
    uploads: {
      catalog,
      media,
      pictures,
      processing,
      inbox,
      uploads,
      sessions,
      disk: sessions,
      publicOrigin: testOrigin,
    },
  });
  onTestFinished(async () => {
    await test.server.close();
    await catalog.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const headers = await test.headersOf();
  return {
    ...test,
    catalog,
    media,
    uploads,
    processing,
    sessions,
    memory,
    folder,
    headers,
    /** Names of all objects in the media store. */
    async stored(): Promise<string[]> {
      const names: string[] = [];
      for await (const { name } of media.list("")) names.push(name);
      return names;
    },
    /** How many photos the person of `headers` has, the trash left out. */
    async recorded(): Promise<number> {
      const reply = await test.server.inject({ url: "/v1/photos?limit=200", headers });
      return reply.json<{ photos: unknown[] }>().photos.length;
    },
    /** Files that wait in the cache's inboxes. */
    waiting(): string[] {
      return readdirSync(cacheFolder)
        .filter((name) => name.startsWith("inbox-"))
        .flatMap((name) => readdirSync(join(cacheFolder, name)));
    },
  };
}

export type PhotoServer = Awaited<ReturnType<typeof createPhotoServer>>;

export async function upload(
  { server, headers }: Pick<PhotoServer, "server" | "headers">,
  content: Uint8Array | string,
  filename = "photo.jpg",
  others: readonly FormPart[] = [],
  more: Record<string, string> = {},
) {
  const form = formOf({ name: "file", filename, content }, ...others);
  const reply = await server.inject({
    method: "POST",
    url: "/v1/photos",
    headers: { ...headers, ...form.headers, ...more },
    payload: form.payload,
  });
  return { reply, status: reply.statusCode, body: reply.json<Record<string, unknown>>() };
}
