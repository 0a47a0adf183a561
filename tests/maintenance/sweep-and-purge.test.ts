import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { type SweepDependencies, sweep } from "../../app/maintenance/sweep.ts";
import { purge } from "./alone.ts";
import { noEdgeCache } from "../../app/media/edge-cache.ts";
import { createInbox } from "../../app/photos/inbox.ts";
import { createWorkingMemory } from "../../app/photos/working-memory.ts";
import { createPictures } from "../../app/pictures/pictures.ts";
import { quarters } from "../pictures/sample-pictures.ts";
import { type PhotoServer, createPhotoServer, upload } from "../photos/photo-server.ts";

const hour = 3600 * 1000;
const inAMonth = () => Date.now() + 31 * 24 * hour;

function sweeperOf(
  service: PhotoServer,
  now: () => number,
): SweepDependencies & { readonly faults: string[] } {
  const faults: string[] = [];
  return {
    ...service,
    pictures: createPictures({ decodeBytes: Infinity }),
    inbox: createInbox({
      cacheFolder: `${service.folder}/maintenance`,
      memory: createWorkingMemory("worker", 4 * 2 ** 30),
    }),
    publicOrigin: "https://photos.example.com",
    reportLeftover: () => {},
    note: ({ outcome, subject }) => {
      if (outcome === "left") faults.push(subject);
    },
    faults,
    now,
  };
}

async function sendWithoutCompleting(
  service: PhotoServer,
  bytes: Uint8Array,
  count = bytes.length,
): Promise<string> {
  const opened = await service.server.inject({
    method: "POST",
    url: "/v1/uploads",
    headers: service.headers,
    payload: {
      filename: "a.jpg",
      size_bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    },
  });
  const { id } = opened.json<{ id: string }>();
  await service.server.inject({
    method: "PUT",
    url: `/v1/uploads/${id}/content`,
    headers: {
      ...service.headers,
      "content-type": "application/octet-stream",
      "content-range": `bytes 0-${count - 1}/${bytes.length}`,
    },
    payload: Buffer.from(bytes.subarray(0, count)),
  });
  return id;
}

async function waitingUploads(service: PhotoServer): Promise<number> {
  let count = 0;
  for await (const _ of service.uploads.list("temp/")) count++;
  return count;
}

test("a client that vanishes after the last byte loses nothing", async () => {
  const service = await createPhotoServer();
  await sendWithoutCompleting(service, await quarters().jpeg().toBuffer());
  expect(await sweep(sweeperOf(service, Date.now))).toMatchObject({ completed_uploads: 0 });
  const later = sweeperOf(service, () => Date.now() + hour);
  const dry = { ...later, isDryRun: true };
  expect(await sweep(dry)).toMatchObject({ completed_uploads: 1, faults: 0 });
  expect(await service.recorded()).toBe(0);
  expect(await sweep(later)).toMatchObject({ completed_uploads: 1, faults: 0 });
  expect(await service.recorded()).toBe(1);
  expect(await waitingUploads(service)).toBe(0);
  expect(await sweep(later)).toMatchObject({ completed_uploads: 0, removed_uploads: 0 });
});

test("what belongs to no upload is removed, and a photo whose event was lost gets its pictures", async () => {
  const service = await createPhotoServer({ decodeBytes: 1 });
  await service.uploads.put("temp/uploads/nobody/nothing", Buffer.from("x"));
  const { body } = await upload(service, await quarters().webp().toBuffer());
  await service.processing.request({ userId: String(body["user_id"]), photoId: "never-recorded" });
  const expected = {
    completed_uploads: 0,
    removed_uploads: 1,
    ended_sessions: 0,
    processed_photos: 1,
    faults: 0,
  };
  const sweeper = sweeperOf(service, () => Date.now() + hour);
  const waiting = await waitingUploads(service);
  expect(await sweep({ ...sweeper, isDryRun: true })).toEqual(expected);
  expect(await waitingUploads(service)).toBe(waiting);
  expect(await sweep(sweeper)).toEqual(expected);
  expect(await waitingUploads(service)).toBe(0);
  expect(await service.catalog.photo(String(body["user_id"]), String(body["id"]))).toMatchObject({
    state: "ready",
  });
});

test("an upload of which bytes are missing is ended when its reservation is, and not before", async () => {
  const service = await createPhotoServer();
  const id = await sendWithoutCompleting(service, Buffer.alloc(1000), 999);
  const userId = (await Array.fromAsync(service.sessions.list()))[0]?.userId ?? "";
  const sweepAfter = (hours: number, isDryRun = false) =>
    sweep({ ...sweeperOf(service, () => Date.now() + hours * hour), isDryRun });
  expect(await sweepAfter(23)).toMatchObject({ ended_sessions: 0, completed_uploads: 0, faults: 0 });
  expect(await sweepAfter(25, true)).toMatchObject({ ended_sessions: 1 });
  expect(await service.catalog.upload(userId, id)).toMatchObject({ state: "open" });
  expect(await sweepAfter(25)).toMatchObject({ ended_sessions: 1, faults: 0 });
  expect(await service.catalog.upload(userId, id)).toBeUndefined();
  expect(await service.catalog.usage(userId)).toMatchObject({ reservedBytes: 0 });
  expect(await Array.fromAsync(service.sessions.list())).toEqual([]);
  expect(await sweepAfter(25)).toMatchObject({ ended_sessions: 0 });
});

test("an upload that is no picture is thrown away by the sweep, and told of", async () => {
  const service = await createPhotoServer();
  const id = await sendWithoutCompleting(service, Buffer.from("this is no picture"));
  const sweeper = sweeperOf(service, () => Date.now() + hour);
  expect(await sweep(sweeper)).toMatchObject({ completed_uploads: 0, faults: 1 });
  expect(sweeper.faults).toEqual([expect.stringContaining(id)]);
  expect(await waitingUploads(service)).toBe(0);
});

test("what was in the trash for thirty days is deleted for good and its room is free; the rest stays", async () => {
  const service = await createPhotoServer();
  const gone = (await upload(service, await quarters(60, 40).jpeg().toBuffer())).body;
  const kept = (await upload(service, await quarters(80, 40).jpeg().toBuffer())).body;
  const { server, headers, catalog, media } = service;
  await server.inject({ method: "DELETE", url: `/v1/photos/${String(gone["id"])}`, headers });
  const ground = { catalog, media, records: service.records, edge: noEdgeCache };
  expect(await purge(ground)).toMatchObject({ people: 1, purged_photos: 0 });
  const later = { ...ground, now: inAMonth };
  const expected = { people: 1, purged_photos: 1, freed_bytes: gone["size_bytes"] };
  const before = await service.stored();
  expect(await purge({ ...later, isDryRun: true })).toEqual(expected);
  expect(await service.stored()).toEqual(before);
  expect(await purge(later)).toEqual(expected);
  expect(await purge(later)).toMatchObject({ purged_photos: 0 });
  expect((await service.stored()).every((name) => name.includes(String(kept["id"])))).toBe(true);
  expect((await catalog.profile(String(kept["user_id"])))?.storageUsed).toBe(kept["size_bytes"]);
});

test("a purge leaves no picture that an earlier procedure made", async () => {
  const service = await createPhotoServer();
  const { body } = await upload(service, await quarters().jpeg().toBuffer());
  const { server, headers, catalog, media } = service;
  const userId = String(body["user_id"]);
  const id = String(body["id"]);
  const older = [`previews/${userId}/${id}_preview.v0.jpg`, `thumbnails/${userId}/${id}_thumb.v0.avif`];
  for (const name of older) await media.put(name, Buffer.from("an older picture"));
  await media.put(`previews/${userId}/${id}0_preview.v1.jpg`, Buffer.from("of another photo"));
  await server.inject({ method: "DELETE", url: `/v1/photos/${id}`, headers });
  await purge({ catalog, media, records: service.records, edge: noEdgeCache, now: inAMonth });
  expect(await service.stored()).toEqual([`previews/${userId}/${id}0_preview.v1.jpg`]);
});

test("a purge that was stopped in the middle is finished by the next one", async () => {
  const service = await createPhotoServer();
  const { body } = await upload(service, await quarters().jpeg().toBuffer());
  const { server, headers, catalog, media } = service;
  await server.inject({ method: "DELETE", url: `/v1/photos/${String(body["id"])}`, headers });
  const ground = { catalog, media, records: service.records, edge: noEdgeCache, now: inAMonth };
  const remove = media.delete.bind(media);
  media.delete = () => Promise.reject(new Error("store away"));
  await expect(purge(ground)).rejects.toThrow(/could not be purged/);
  media.delete = remove;
  expect(await purge({ ...ground, now: Date.now })).toMatchObject({ purged_photos: 1 });
  expect(await service.stored()).toEqual([]);
});

test("what a closed account left under way is removed, and upkeep stumbles over nothing of it", async () => {
  const service = await createPhotoServer({ decodeBytes: 1 });
  const { body } = await upload(service, await quarters(60, 40).webp().toBuffer());
  await sendWithoutCompleting(service, await quarters().jpeg().toBuffer());
  const userId = String(body["user_id"]);
  const { server, headers, catalog, media } = service;
  await server.inject({ method: "DELETE", url: `/v1/photos/${String(body["id"])}`, headers });
  // As a process leaves it that stops after the final entry.
  await catalog.execute(userId, { kind: "close-account" }, { idempotencyKey: "closing" });
  const sweeper = sweeperOf(service, () => Date.now() + hour);
  expect(await sweep(sweeper)).toMatchObject({ completed_uploads: 0, removed_uploads: 1, faults: 0 });
  expect(await waitingUploads(service)).toBe(0);
  expect(await Array.fromAsync(service.processing.list())).toEqual([]);
  const later = { catalog, media, records: service.records, edge: noEdgeCache, now: inAMonth };
  expect(await purge(later)).toMatchObject({ people: 0, purged_photos: 0 });
});
