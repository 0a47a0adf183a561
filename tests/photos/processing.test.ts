import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { finishProcessing } from "../../app/photos/finish-processing.ts";
import type { ProcessingDependencies } from "../../app/photos/finish-processing.ts";
import { createInbox } from "../../app/photos/inbox.ts";
import { createWorkingMemory } from "../../app/photos/working-memory.ts";
import { createHeicDecoder } from "../../app/pictures/heic-decoder.ts";
import { createPictures } from "../../app/pictures/pictures.ts";
import { sharp } from "../../app/pictures/bounded-sharp.ts";
import { StoreUnavailableError } from "../../app/storage/object-store.ts";
import { quarters } from "../pictures/sample-pictures.ts";
import { type PhotoServer, createPhotoServer, upload } from "./photo-server.ts";

const program = join(import.meta.dirname, "../../app/main.ts");
const heic = createHeicDecoder({ program });
const pictures = createPictures({ heic, decodeBytes: Infinity });

function heicFile(name = "turned.heic"): Promise<Buffer> {
  return readFile(join(import.meta.dirname, "../pictures/fixtures", name));
}

function workerOf({ catalog, media, processing, folder }: PhotoServer): ProcessingDependencies {
  const inbox = createInbox({
    cacheFolder: join(folder, "worker"),
    memory: createWorkingMemory("worker", 4 * 2 ** 30),
  });
  return { catalog, media, processing, pictures, inbox };
}

async function waitingFor({ processing }: PhotoServer): Promise<string[]> {
  const ids: string[] = [];
  for await (const { photoId } of processing.list()) ids.push(photoId);
  return ids;
}

async function uploadHeic(service: PhotoServer) {
  const { status, body } = await upload(service, await heicFile(), "IMG_1.HEIC");
  const { id: photoId, user_id: userId } = body as { id: string; user_id: string };
  return { status, body, request: { userId, photoId } };
}

test("a HEIC is safe at once, and its pictures follow", async () => {
  const service = await createPhotoServer();
  const { status, body, request } = await uploadHeic(service);
  expect(status).toBe(202);
  expect(body).toMatchObject({
    state: "processing",
    content_type: "image/heic",
    width: 480,
    height: 320,
    taken_at: "2022-02-16T12:55:41",
    thumbhash: "",
  });
  expect(await service.stored()).toEqual([`photos/${request.userId}/${request.photoId}.heic`]);
  expect(await waitingFor(service)).toEqual([request.photoId]);
  const ask = (path: string) =>
    service.server.inject({ url: `/v1/photos/${request.photoId}${path}`, headers: service.headers });
  expect((await ask("/thumbnail")).statusCode).toBe(404);
  expect((await ask("/original")).rawPayload).toEqual(await heicFile());

  expect(await finishProcessing(workerOf(service), request)).toBe("derived");
  expect((await ask("")).json()).toMatchObject({
    state: "ready",
    version: 2,
    thumbhash: expect.stringMatching(/.{20}/),
  });
  expect(await sharp((await ask("/preview")).rawPayload).metadata()).toMatchObject({
    width: 480,
    height: 320,
  });
  expect((await ask("/thumbnail")).headers["content-type"]).toBe("image/webp");
  expect(await waitingFor(service)).toEqual([]);
});

test("doing it again, or twice at once, changes nothing", async () => {
  const service = await createPhotoServer();
  const { request } = await uploadHeic(service);
  const worker = workerOf(service);
  const outcomes = await Promise.all([finishProcessing(worker, request), finishProcessing(worker, request)]);
  expect(outcomes.every((outcome) => outcome === "derived" || outcome === "settled")).toBe(true);
  expect(await finishProcessing(worker, request)).toBe("settled");
  const photo = await service.catalog.photo(request.userId, request.photoId);
  expect(photo).toMatchObject({ state: "ready", version: 2 });
});

test("a HEIC that cannot be decoded keeps its original and says why", async () => {
  const service = await createPhotoServer();
  const bytes = await heicFile();
  const at = bytes.indexOf("mdat") + 4;
  const { status, body } = await upload(service, bytes.fill(0xa5, at, at + 300));
  expect(status).toBe(202);
  const request = { userId: String(body["user_id"]), photoId: String(body["id"]) };
  expect(await finishProcessing(workerOf(service), request)).toBe("failed");
  const photo = await service.catalog.photo(request.userId, request.photoId);
  expect(photo).toMatchObject({
    state: "failed",
    metadata: { decoderWarning: expect.stringContaining("HEIC file cannot be read") },
  });
  expect(await service.stored()).toEqual([photo?.storagePath]);
  expect(await waitingFor(service)).toEqual([]);
});

test("a store that fails in between leaves the work waiting, and trying again completes it", async () => {
  const service = await createPhotoServer();
  const { request } = await uploadHeic(service);
  const worker = workerOf(service);
  const put = service.media.put.bind(service.media);
  service.media.put = () => Promise.reject(new Error("store away"));
  await expect(finishProcessing(worker, request)).rejects.toThrow("store away");
  expect(await waitingFor(service)).toEqual([request.photoId]);
  service.media.put = put;
  expect(await finishProcessing(worker, request)).toBe("derived");
});

test("a store that breaks off in the original leaves the work waiting; an original that is gone is said", async () => {
  const service = await createPhotoServer();
  const { request } = await uploadHeic(service);
  const worker = workerOf(service);
  const openRead = service.media.openRead.bind(service.media);
  service.media.openRead = async (...given) => {
    const opened = await openRead(...given);
    opened?.stream.destroy(new Error("the line broke"));
    return opened;
  };
  await expect(finishProcessing(worker, request)).rejects.toThrow(StoreUnavailableError);
  expect(await waitingFor(service)).toEqual([request.photoId]);
  service.media.openRead = async () => undefined;
  expect(await finishProcessing(worker, request)).toBe("failed");
  const photo = await service.catalog.photo(request.userId, request.photoId);
  expect(photo?.metadata).toMatchObject({
    decoderWarning: expect.stringContaining("its original is not in the store"),
  });
});

test("a request whose photo was never recorded is known as such, one for a purged photo is settled", async () => {
  const service = await createPhotoServer();
  const { request } = await uploadHeic(service);
  const worker = workerOf(service);
  expect(await finishProcessing(worker, { ...request, photoId: "never" })).toBe("unknown");
  const run = (kind: "trash-photo" | "purge-photo") =>
    service.catalog.execute(request.userId, { kind, photoId: request.photoId }, { idempotencyKey: kind });
  await run("trash-photo");
  await run("purge-photo");
  expect(await finishProcessing(worker, request)).toBe("settled");
});

test("a photo that would take more memory than this process has is left to the worker", async () => {
  const service = await createPhotoServer({ decodeBytes: 1000 });
  const { status, body } = await upload(service, await quarters().webp().toBuffer());
  expect([status, body["state"]]).toEqual([202, "processing"]);
  const request = { userId: String(body["user_id"]), photoId: String(body["id"]) };
  expect(await finishProcessing(workerOf(service), request)).toBe("derived");
});
