import { expect, test } from "vitest";
import type { NewPhoto } from "../../app/catalog/command.ts";
import { newKey } from "../catalog/fixtures.ts";
import { newPhoto } from "../catalog/photo-fixture.ts";
import { createPhotoServer } from "./photo-server.ts";

/** A service whose person has photos that were recorded without a file. */
async function createRecorded(photos: Readonly<Record<string, Partial<NewPhoto>>>) {
  const service = await createPhotoServer();
  const { server, headers, catalog } = service;
  const me = (await server.inject({ url: "/v1/users/me", headers })).json<{ id: string }>();
  for (const [id, changes] of Object.entries(photos)) {
    const photo = newPhoto(id, changes);
    await catalog.execute(me.id, { kind: "add-photo", photo }, { idempotencyKey: newKey() });
  }
  return {
    ...service,
    userId: me.id,
    ask: async (url: string) => {
      const reply = await server.inject({ url, headers });
      return { status: reply.statusCode, body: reply.json<Record<string, unknown>>() };
    },
    idsOf: async (query: string) => {
      const reply = await server.inject({ url: `/v1/photos?${query}`, headers });
      expect([query, reply.statusCode]).toEqual([query, 200]);
      return reply.json<{ photos: { id: string }[] }>().photos.map(({ id }) => id);
    },
  };
}

const recorded = {
  oslo: {
    title: "Søndag",
    tags: ["Sea", "City"],
    camera: "Jolla",
    lens: "28 mm",
    latitude: 59.9,
    longitude: 10.7,
    takenAt: "2015-09-08T11:02:17",
  },
  fiji: {
    tags: ["Sea"],
    contentType: "image/heic",
    private: false,
    latitude: -16.6,
    longitude: 179.9,
    takenAt: "2014-01-01T00:00:00",
  },
  plain: { filename: "IMG_2041.jpg", takenAt: "2013-01-01T00:00:00" },
};

test("lists are narrowed by every parameter that is described", async () => {
  const { idsOf, catalog, userId } = await createRecorded(recorded);
  const album = { id: "album", title: "Album", photoIds: ["plain", "fiji"] };
  await catalog.execute(userId, { kind: "create-album", album }, { idempotencyKey: newKey() });
  const favorite = { kind: "favorite-photo", photoId: "plain", favorite: true } as const;
  await catalog.execute(userId, favorite, { idempotencyKey: newKey() });
  expect(await idsOf("")).toEqual(["oslo", "fiji", "plain"]);
  expect(await idsOf("q=sondag")).toEqual(["oslo"]);
  expect(await idsOf("q=img_20")).toEqual(["plain"]);
  expect(await idsOf("tag=Sea")).toEqual(["oslo", "fiji"]);
  expect(await idsOf("tag=Sea&tag=City")).toEqual(["oslo"]);
  expect(await idsOf("camera=Jolla&lens=28%20mm")).toEqual(["oslo"]);
  expect(await idsOf("content_type=image/heic")).toEqual(["fiji"]);
  expect(await idsOf("private=false")).toEqual(["fiji"]);
  expect(await idsOf("favorite=true")).toEqual(["plain"]);
  expect(await idsOf("album=album")).toEqual(["fiji", "plain"]);
  expect(await idsOf("from=2014-01-01&before=2015-09-08T11:02:17")).toEqual(["fiji"]);
  expect(await idsOf("has_place=false")).toEqual(["plain"]);
  expect(await idsOf("area=50,5,65,15.5")).toEqual(["oslo"]);
  expect(await idsOf("area=-20,170,0,-170")).toEqual(["fiji"]);
});

test("the trash is a list of its own, with the same parameters", async () => {
  const { ask, catalog, userId } = await createRecorded(recorded);
  for (const photoId of ["oslo", "fiji"]) {
    await catalog.execute(userId, { kind: "trash-photo", photoId }, { idempotencyKey: newKey() });
  }
  expect(await ask("/v1/trash")).toMatchObject({
    body: { photos: [{ id: "oslo" }, { id: "fiji" }], next_cursor: null },
  });
  expect((await ask("/v1/trash?q=sondag")).body["photos"]).toMatchObject([{ id: "oslo" }]);
  expect((await ask("/v1/photos")).body["photos"]).toMatchObject([{ id: "plain" }]);
  const first = await ask("/v1/trash?limit=1");
  const cursor = String(first.body["next_cursor"]);
  expect((await ask(`/v1/trash?cursor=${cursor}`)).body["photos"]).toMatchObject([{ id: "fiji" }]);
  expect(await ask(`/v1/photos?cursor=${cursor}`)).toMatchObject({
    status: 400,
    body: { code: "invalid-cursor" },
  });
});

const refused: readonly (readonly [query: string, code: string, pointers: readonly string[]])[] = [
  ["favourite=true", "request-invalid", ["query /favourite"]],
  ["favorite=1", "request-invalid", ["query /favorite"]],
  ["from=2015", "request-invalid", ["query /from"]],
  ["area=1,2,3", "request-invalid", ["query /area"]],
  [`q=${"x".repeat(201)}`, "request-invalid", ["query /q"]],
  [Array.from({ length: 11 }, (_, index) => `tag=${index}`).join("&"), "request-invalid", ["query /tag"]],
  ["before=2015-02-31", "invalid-filter", []],
  ["area=10,0,-10,0", "invalid-filter", []],
  ["area=0,0,0,999", "invalid-filter", []],
];

test("what a parameter cannot be is refused with its name, what no photo could meet with the reason", async () => {
  const { ask } = await createRecorded({});
  for (const [query, code, pointers] of refused) {
    const { status, body } = await ask(`/v1/photos?${query}`);
    const faults = (body["errors"] ?? []) as { in: string; pointer: string }[];
    const found = faults.map((fault) => `${fault.in} ${fault.pointer}`);
    expect([query, status, body["code"], found]).toEqual([query, 400, code, pointers]);
  }
});

test("the timeline counts months or days, and a month comes as columns", async () => {
  const { ask } = await createRecorded({
    ...recorded,
    later: { takenAt: "2015-09-30T23:59:59", width: 3000, height: 4000, thumbhash: "AAAA", tags: ["Sea"] },
  });
  expect((await ask("/v1/timeline?tag=Sea")).body).toEqual({
    periods: [
      { period: "2015-09", count: 2 },
      { period: "2014-01", count: 1 },
    ],
    next_cursor: null,
  });
  expect((await ask("/v1/timeline?by=day&from=2015-01-01")).body["periods"]).toEqual([
    { period: "2015-09-30", count: 1 },
    { period: "2015-09-08", count: 1 },
  ]);
  expect((await ask("/v1/timeline/2015-09")).body).toEqual({
    ids: ["later", "oslo"],
    ratios: [0.75, 1.3333],
    thumbhashes: ["AAAA", ""],
    taken: ["2015-09-30T23:59:59", "2015-09-08T11:02:17"],
    favorites: [false, false],
    next_cursor: null,
  });
  const first = await ask("/v1/timeline/2015-09?limit=1");
  const second = await ask(`/v1/timeline/2015-09?cursor=${String(first.body["next_cursor"])}`);
  expect([first.body["ids"], second.body["ids"]]).toEqual([["later"], ["oslo"]]);
  expect(await ask("/v1/timeline/2015-08")).toMatchObject({ status: 200, body: { ids: [] } });
  expect(await ask("/v1/timeline/9999-12")).toMatchObject({ status: 200, body: { ids: [] } });
  expect(await ask("/v1/timeline/0000-01")).toMatchObject({ status: 200, body: { ids: [] } });
  for (const path of ["2015-13", "2015-9", "2015-09?from=2015-09-02", "2015-09?limit=5001"]) {
    expect([path, (await ask(`/v1/timeline/${path}`)).body["code"]]).toEqual([path, "request-invalid"]);
  }
});

test("facets count what a list with the same parameters has", async () => {
  const { ask } = await createRecorded(recorded);
  expect((await ask("/v1/facets?has_place=true")).body).toEqual({
    photos: 2,
    favorites: 0,
    private: 1,
    with_place: 2,
    albums: { values: [], is_complete: true },
    tags: {
      values: [
        { value: "Sea", count: 2 },
        { value: "City", count: 1 },
      ],
      is_complete: true,
    },
    cameras: { values: [{ value: "Jolla", count: 1 }], is_complete: true },
    lenses: { values: [{ value: "28 mm", count: 1 }], is_complete: true },
    content_types: {
      values: [
        { value: "image/heic", count: 1 },
        { value: "image/jpeg", count: 1 },
      ],
      is_complete: true,
    },
  });
  expect((await ask("/v1/facets?limit=1")).body["tags"]).toEqual({
    values: [{ value: "Sea", count: 2 }],
    is_complete: false,
  });
});
