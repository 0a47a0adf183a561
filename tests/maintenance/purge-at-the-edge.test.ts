import { expect, test } from "vitest";
import type { PurgeDependencies } from "../../app/maintenance/purge.ts";
import type { Finding } from "../../app/maintenance/report.ts";
import { purge } from "./alone.ts";
import { newKey } from "../catalog/fixtures.ts";
import { newPhoto } from "../catalog/photo-fixture.ts";
import { createPhotoServer, type PhotoServer, upload } from "../photos/photo-server.ts";
import { quarters } from "../pictures/sample-pictures.ts";
import { copyingEdge } from "./copying-edge.ts";

const inAMonth = () => Date.now() + 31 * 24 * 3600 * 1000;

function groundOf(service: PhotoServer) {
  const edge = copyingEdge();
  const notes: Finding[] = [];
  const ground: PurgeDependencies = {
    ...service,
    edge,
    now: inAMonth,
    note: (finding) => notes.push(finding),
  };
  return { ground, edge, notes };
}

async function trashedPhoto() {
  const service = await createPhotoServer();
  const { body } = await upload(service, await quarters().jpeg().toBuffer());
  const { server, headers } = service;
  await server.inject({ method: "DELETE", url: `/v1/photos/${String(body["id"])}`, headers });
  return { service, userId: String(body["user_id"]), photoId: String(body["id"]) };
}

const foldersOf = (userId: string) => [`photos/${userId}/`, `previews/${userId}/`, `thumbnails/${userId}/`];

test("a photo is gone from the record once the store has no bytes and the edge no copies of it", async () => {
  const { service, userId, photoId } = await trashedPhoto();
  const { ground, edge } = groundOf(service);
  expect(await purge({ ...ground, isDryRun: true })).toMatchObject({ purged_photos: 1 });
  expect(edge.forgotten).toEqual([]);
  const seen: unknown[] = [];
  edge.onForget = async () => {
    seen.push(await service.stored(), (await service.catalog.photo(userId, photoId))?.state);
  };
  expect(await purge(ground)).toMatchObject({ purged_photos: 1 });
  expect(seen).toEqual([[], "purging"]);
  expect(edge.forgotten).toEqual([foldersOf(userId)]);
  expect(await service.catalog.photo(userId, photoId)).toBeUndefined();
});

test("a purge that was stopped before the edge had forgotten lets it forget in the next run, though no bytes are left", async () => {
  const { service, userId, photoId } = await trashedPhoto();
  const { ground, edge, notes } = groundOf(service);
  edge.fail(new Error("not reached"));
  await expect(purge(ground)).rejects.toThrow(/1 people's photos could not be purged/);
  expect(await service.stored()).toEqual([]);
  expect(await service.catalog.photo(userId, photoId)).toMatchObject({ state: "purging" });
  expect((await service.catalog.profile(userId))?.storageUsed).toBeGreaterThan(0);
  expect(notes).toMatchObject([{ kind: "unfinished-purge", userId, outcome: "left", detail: "not reached" }]);
  edge.fail(undefined);
  expect(await purge({ ...ground, now: Date.now })).toMatchObject({ purged_photos: 1 });
  expect(edge.forgotten).toEqual([foldersOf(userId)]);
  expect((await service.catalog.profile(userId))?.storageUsed).toBe(0);
  expect(await purge(ground)).toMatchObject({ purged_photos: 0 });
  expect(edge.forgotten).toHaveLength(1);
});

test("people's folders are forgotten together, so many at a time", async () => {
  const service = await createPhotoServer();
  const people: string[] = [];
  for (let count = 0; count < 3; count++) {
    const headers = await service.headersOf({
      sub: `accounts.google.com:${count + 9}`,
      email: `${count}@example.com`,
    });
    const { id } = (await service.server.inject({ url: "/v1/users/me", headers })).json<{ id: string }>();
    people.push(id);
    for (const command of [
      { kind: "add-photo", photo: newPhoto("a") },
      { kind: "trash-photo", photoId: "a" },
    ] as const) {
      await service.catalog.execute(id, command, { idempotencyKey: newKey() });
    }
  }
  const { ground, edge } = groundOf(service);
  expect(await purge({ ...ground, peopleAtOnce: 2 })).toMatchObject({ people: 3, purged_photos: 3 });
  expect(edge.forgotten.map((prefixes) => prefixes.length)).toEqual([6, 3]);
  expect(edge.forgotten.flat().toSorted()).toEqual(people.flatMap(foldersOf).toSorted());
});

test("whose bytes cannot be deleted keeps nobody else's copies at the edge", async () => {
  const { service, userId } = await trashedPhoto();
  const { body } = await upload(service, await quarters(80, 40).jpeg().toBuffer());
  const { server, headers, media } = service;
  await server.inject({ method: "DELETE", url: `/v1/photos/${String(body["id"])}`, headers });
  const { ground, edge } = groundOf(service);
  const remove = media.delete.bind(media);
  media.delete = (name, ...rest) =>
    name.includes(String(body["id"])) ? Promise.reject(new Error("store away")) : remove(name, ...rest);
  await expect(purge(ground)).rejects.toThrow(/could not be purged/);
  expect(edge.forgotten).toEqual([foldersOf(userId)]);
  expect((await service.catalog.everyPhoto(userId, { limit: 10, after: "" })).map(({ id }) => id)).toEqual([
    body["id"],
  ]);
});
