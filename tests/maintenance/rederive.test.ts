import { join } from "node:path";
import { expect, test } from "vitest";
import { rederive } from "../../app/maintenance/rederive.ts";
import type { RederiveDependencies } from "../../app/maintenance/rederive.ts";
import { createInbox } from "../../app/photos/inbox.ts";
import { createWorkingMemory } from "../../app/photos/working-memory.ts";
import { sharp } from "../../app/pictures/bounded-sharp.ts";
import { createPictures } from "../../app/pictures/pictures.ts";
import { quarters } from "../pictures/sample-pictures.ts";
import { type PhotoServer, createPhotoServer, upload } from "../photos/photo-server.ts";

function groundOf(service: PhotoServer): RederiveDependencies & { readonly faults: string[] } {
  const faults: string[] = [];
  return {
    ...service,
    pictures: createPictures({ decodeBytes: Infinity }),
    inbox: createInbox({
      cacheFolder: join(service.folder, "maintenance"),
      memory: createWorkingMemory("worker", 4 * 2 ** 30),
    }),
    note: ({ kind, subject, outcome, detail }) => {
      if (outcome === "left") faults.push(`${kind} ${subject}: ${detail ?? ""}`);
    },
    faults,
  };
}

/** A photo as a release before left it: with pictures at addresses of version 0. */
async function outdated(service: PhotoServer, width: number) {
  const { body } = await upload(service, await quarters(width, 40).jpeg().toBuffer());
  const photoId = String(body["id"]);
  const userId = String(body["user_id"]);
  const photo = await service.catalog.photo(userId, photoId);
  if (photo === undefined) throw new Error("the photo is not recorded");
  for (const name of [photo.previewPath, photo.thumbnailPath]) {
    await service.media.put(name.replace(".v1.", ".v0."), Buffer.from("as it was made before"));
    await service.media.delete(name);
  }
  const derivatives = {
    previewPath: photo.previewPath.replace(".v1.", ".v0."),
    thumbnailPath: photo.thumbnailPath.replace(".v1.", ".v0."),
    thumbhash: "before",
    derivation: 0,
    width: 1,
    height: 1,
    warning: null,
  };
  const command = { kind: "record-derivatives", photoId, derivatives } as const;
  await service.catalog.execute(userId, command, { idempotencyKey: `before ${photoId}` });
  return { userId, photoId };
}

test("pictures of an earlier version are made anew, at new addresses; the old ones stay", async () => {
  const service = await createPhotoServer();
  const old = await outdated(service, 60);
  await upload(service, await quarters(80, 40).jpeg().toBuffer());
  const ground = groundOf(service);
  const expected = { people: 1, photos: 2, rederived: 1, current: 1, faults: 0 };
  const before = await service.stored();
  expect(await rederive({ ...ground, isDryRun: true })).toEqual(expected);
  expect(await service.stored()).toEqual(before);

  expect(await rederive(ground)).toEqual(expected);
  const photo = await service.catalog.photo(old.userId, old.photoId);
  expect(photo).toMatchObject({ derivation: 1, width: 60, height: 40, state: "ready" });
  const preview = await service.media.read(String(photo?.previewPath));
  expect(await sharp(preview?.bytes).metadata()).toMatchObject({ width: 60, height: 40, format: "jpeg" });
  expect(await service.stored()).toEqual(expect.arrayContaining(before));
  expect(await rederive(ground)).toEqual({ ...expected, rederived: 0, current: 2 });
});

test("stopped in the middle, it goes on where it was", async () => {
  const service = await createPhotoServer();
  const photos = [await outdated(service, 60), await outdated(service, 80), await outdated(service, 100)];
  const ground = groundOf(service);
  let puts = 0;
  const put = service.media.put.bind(service.media);
  service.media.put = (...given) => {
    puts += 1;
    return puts > 2 ? Promise.reject(new Error("store away")) : put(...given);
  };
  const stopped = await rederive(ground);
  expect(stopped["rederived"]).toBeLessThan(3);
  expect(Number(stopped["rederived"]) + Number(stopped["faults"])).toBe(3);
  expect(ground.faults).toHaveLength(Number(stopped["faults"]));
  service.media.put = put;
  expect(await rederive(ground)).toMatchObject({ rederived: stopped["faults"], faults: 0 });
  for (const { userId, photoId } of photos)
    expect(await service.catalog.photo(userId, photoId)).toMatchObject({ derivation: 1 });
});

test("a photo whose original cannot be read any more keeps its pictures, and is told of", async () => {
  const service = await createPhotoServer();
  const { userId, photoId } = await outdated(service, 60);
  const before = await service.catalog.photo(userId, photoId);
  await service.media.put(String(before?.storagePath), Buffer.from("no picture"));
  const ground = groundOf(service);
  expect(await rederive(ground)).toMatchObject({ rederived: 0, faults: 1 });
  expect(ground.faults).toEqual([expect.stringContaining(photoId)]);
  expect(await service.catalog.photo(userId, photoId)).toEqual(before);
});

test("what is being deleted, and who closed the account, is passed over", async () => {
  const service = await createPhotoServer();
  const { userId, photoId } = await outdated(service, 60);
  const { catalog } = service;
  await catalog.execute(userId, { kind: "trash-photo", photoId }, { idempotencyKey: "trash" });
  await catalog.execute(userId, { kind: "purge-photo", photoId }, { idempotencyKey: "purge" });
  expect(await rederive(groundOf(service))).toMatchObject({ rederived: 0, current: 1 });
  await catalog.execute(userId, { kind: "close-account" }, { idempotencyKey: "close" });
  expect(await rederive(groundOf(service))).toMatchObject({ people: 0, photos: 0 });
});
