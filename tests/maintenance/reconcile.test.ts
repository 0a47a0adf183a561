import { join } from "node:path";
import { expect, test } from "vitest";
import type { Photo } from "../../app/catalog/photo.ts";
import type { Finding } from "../../app/maintenance/report.ts";
import { type ReconcileDependencies, reconcile } from "../../app/maintenance/reconcile.ts";
import { createInbox } from "../../app/photos/inbox.ts";
import { createWorkingMemory } from "../../app/photos/working-memory.ts";
import { createPictures } from "../../app/pictures/pictures.ts";
import { quarters } from "../pictures/sample-pictures.ts";
import { type PhotoServer, createPhotoServer, upload } from "../photos/photo-server.ts";

const day = 24 * 3600 * 1000;
const inThreeDays = () => Date.now() + 3 * day;

type Ground = ReconcileDependencies & { readonly found: Finding[] };

function groundOf(service: PhotoServer, now: () => number = inThreeDays): Ground {
  const found: Finding[] = [];
  return {
    ...service,
    pictures: createPictures({ decodeBytes: Infinity }),
    inbox: createInbox({
      cacheFolder: join(service.folder, "maintenance"),
      memory: createWorkingMemory("worker", 4 * 2 ** 30),
    }),
    note: (finding) => found.push(finding),
    found,
    now,
  };
}

async function addPhoto(
  service: PhotoServer,
  width: number,
  format: "jpeg" | "webp" = "jpeg",
): Promise<Photo> {
  const { body } = await upload(service, await quarters(width, 40)[format]().toBuffer());
  const photo = await service.catalog.photo(String(body["user_id"]), String(body["id"]));
  if (photo === undefined) throw new Error("the photo is not recorded");
  return photo;
}

const inOrder = { people: 1, left_alone: 0, withheld: 0, repaired: 0, faults: 0 };
const noDifference = {
  missing_originals: 0,
  changed_originals: 0,
  missing_pictures: 0,
  forgotten_processing: 0,
  orphans: 0,
  superseded: 0,
  unknown_objects: 0,
};

test("where records and objects agree there is nothing to report", async () => {
  const service = await createPhotoServer();
  await addPhoto(service, 60);
  await addPhoto(service, 80);
  const ground = groundOf(service);
  expect(await reconcile(ground)).toEqual({ ...inOrder, ...noDifference, photos: 2, objects: 6 });
  expect(ground.found).toEqual([]);
});

test("a dry run names every kind of difference and repairs none; a run repairs what can be repaired", async () => {
  const service = await createPhotoServer();
  const { media } = service;
  const photo = await addPhoto(service, 60);
  const { userId } = photo;
  const stray = [
    `photos/${userId}/nobodys.jpg`,
    `previews/${userId}/${photo.id}_preview.v0.jpg`,
    `previews/${userId}/notes.txt`,
  ];
  for (const name of stray) await media.put(name, Buffer.from("x"));
  await media.delete(photo.thumbnailPath);
  const expected = {
    ...inOrder,
    ...noDifference,
    photos: 1,
    objects: 5,
    missing_pictures: 1,
    orphans: 1,
    superseded: 1,
    unknown_objects: 1,
  };
  const dry = groundOf(service);
  const before = await service.stored();
  expect(await reconcile({ ...dry, isDryRun: true })).toEqual(expected);
  expect(await service.stored()).toEqual(before);
  const mended = { outcome: "mended", userId };
  expect(dry.found).toHaveLength(4);
  expect(dry.found).toMatchObject(
    expect.arrayContaining([
      expect.objectContaining({ kind: "orphan", subject: stray[0], ...mended }),
      expect.objectContaining({ kind: "superseded", subject: stray[1], ...mended }),
      expect.objectContaining({ kind: "unknown-object", subject: stray[2], userId, outcome: "left" }),
      expect.objectContaining({ kind: "missing-picture", subject: photo.thumbnailPath, ...mended }),
    ]),
  );

  const run = groundOf(service);
  expect(await reconcile(run)).toEqual({ ...expected, repaired: 3 });
  expect(run.found).toEqual(dry.found);
  expect(await service.stored()).toEqual(
    [photo.storagePath, photo.previewPath, photo.thumbnailPath, `previews/${userId}/notes.txt`].toSorted(),
  );
  expect(await reconcile(groundOf(service))).toMatchObject({ ...noDifference, unknown_objects: 1 });
  expect(await service.catalog.photo(userId, photo.id)).toEqual(photo);
});

test("what is younger than two days is left alone", async () => {
  const service = await createPhotoServer();
  const { userId } = await addPhoto(service, 60);
  await service.media.put(`photos/${userId}/under-way.jpg`, Buffer.from("x"));
  const figures = await reconcile(groundOf(service, Date.now));
  expect(figures).toMatchObject({ ...noDifference, left_alone: 1 });
  expect(await service.stored()).toContain(`photos/${userId}/under-way.jpg`);
});

test("an original that is missing or changed is named, with what to do, after everything else", async () => {
  const service = await createPhotoServer();
  const gone = await addPhoto(service, 60);
  const changed = await addPhoto(service, 80);
  const third = await addPhoto(service, 100);
  await service.media.delete(gone.storagePath);
  await service.media.put(changed.storagePath, Buffer.from("something else"));
  await service.media.delete(third.previewPath);
  const ground = groundOf(service);
  await expect(reconcile(ground)).rejects.toThrow(
    /^1 originals are missing, 1 are not what was acknowledged, .* older versions of the objects/,
  );
  expect(ground.found.map(({ kind }) => kind).toSorted()).toEqual([
    "changed-original",
    "missing-original",
    "missing-picture",
  ]);
  expect(await service.stored()).toContain(third.previewPath);
});

test("more originals without a record than uploads leave are not removed: the records may be what is lost", async () => {
  const service = await createPhotoServer();
  const { userId } = await addPhoto(service, 60);
  for (let number = 0; number <= 20; number++)
    await service.media.put(`photos/${userId}/of-a-lost-record-${number}.jpg`, Buffer.from("x"));
  const before = await service.stored();
  const ground = groundOf(service);
  await expect(reconcile(ground)).rejects.toThrow(/21 objects without a record are too many/);
  expect(ground.found.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual(
    Array.from({ length: 21 }, () => "orphan left"),
  );
  expect(await service.stored()).toEqual(before);
});

test("a photo that waits for the worker unasked is asked for again, once", async () => {
  const service = await createPhotoServer({ decodeBytes: 1 });
  const { userId, id: photoId } = await addPhoto(service, 60, "webp");
  expect(await reconcile(groundOf(service))).toMatchObject({ forgotten_processing: 0 });
  await service.processing.remove({ userId, photoId });
  expect(await reconcile(groundOf(service))).toMatchObject({ forgotten_processing: 1, repaired: 1 });
  expect(await Array.fromAsync(service.processing.list())).toMatchObject([{ userId, photoId }]);
  expect(await reconcile(groundOf(service))).toMatchObject({ forgotten_processing: 0 });
});

test("what comes and goes while the lists are read is no difference", async () => {
  const service = await createPhotoServer();
  const { userId } = await addPhoto(service, 60);
  const { catalog } = service;
  const everyPhoto = catalog.everyPhoto.bind(catalog);
  const late: Photo[] = [];
  const ground = groundOf(service);
  // After the objects were listed, before the records are.
  const slow = Object.create(catalog) as typeof catalog;
  slow.everyPhoto = async (...given) => {
    if (late.length === 0) late.push(await addPhoto(service, 80));
    return await everyPhoto(...given);
  };
  expect(await reconcile({ ...ground, catalog: slow })).toMatchObject({
    ...noDifference,
    photos: 2,
    objects: 3,
  });
  expect(late[0]?.userId).toBe(userId);
});

test("one person's unreadable store keeps nobody else waiting", async () => {
  const service = await createPhotoServer();
  const photo = await addPhoto(service, 60);
  const list = service.media.list.bind(service.media);
  service.media.list = () => {
    throw new Error("store away");
  };
  await expect(reconcile(groundOf(service))).rejects.toThrow("1 people could not be reconciled");
  service.media.list = list;
  await service.catalog.execute(photo.userId, { kind: "close-account" }, { idempotencyKey: "close" });
  expect(await reconcile(groundOf(service))).toMatchObject({ ...noDifference, people: 0 });
});

test("what cannot be repaired this time is left, with the reason, and repaired the next time", async () => {
  const service = await createPhotoServer();
  const photo = await addPhoto(service, 60);
  await service.media.delete(photo.previewPath);
  const put = service.media.put.bind(service.media);
  service.media.put = () => Promise.reject(new Error("store away"));
  const ground = groundOf(service);
  expect(await reconcile(ground)).toMatchObject({ missing_pictures: 1, repaired: 0, faults: 1 });
  expect(ground.found).toMatchObject([{ kind: "missing-picture", outcome: "left", detail: "store away" }]);
  service.media.put = put;
  expect(await reconcile(groundOf(service))).toMatchObject({ repaired: 1, faults: 0 });
});
