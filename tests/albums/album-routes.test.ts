import { expect, test } from "vitest";
import { newKey } from "../catalog/fixtures.ts";
import { newPhoto } from "../catalog/photo-fixture.ts";
import { createPhotoServer } from "../photos/photo-server.ts";

type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** A person with these photos, and what the service answers them. */
async function createGround(...photoIds: readonly string[]) {
  const { server, headers, headersOf, catalog } = await createPhotoServer();
  const ask = async (method: Method, url: string, payload?: object, more: Record<string, string> = {}) => {
    const reply = await server.inject({
      method,
      url,
      headers: { ...headers, ...more },
      ...(payload && { payload }),
    });
    return {
      status: reply.statusCode,
      tag: String(reply.headers["etag"]),
      location: reply.headers["location"],
      body: reply.body === "" ? {} : reply.json<Record<string, unknown>>(),
    };
  };
  const userId = String((await ask("GET", "/v1/users/me")).body["id"]);
  for (const id of photoIds) {
    await catalog.execute(userId, { kind: "add-photo", photo: newPhoto(id) }, { idempotencyKey: newKey() });
  }
  const trash = (photoId: string) =>
    catalog.execute(userId, { kind: "trash-photo", photoId }, { idempotencyKey: newKey() });
  const create = async (body: object) => (await ask("POST", "/v1/albums", body)).location as string;
  const photosIn = async (album: string, query = "") => {
    const { body } = await ask("GET", `${album}/photos${query}`);
    return (body["photos"] as { id: string }[]).map(({ id }) => id);
  };
  const other = await headersOf({ sub: "accounts.google.com:2", email: "other@example.com" });
  return { ask, create, photosIn, trash, other };
}

test("an album is made with photos in their order, found by its address, and listed", async () => {
  const { ask, photosIn } = await createGround("a", "b", "c");
  const made = await ask("POST", "/v1/albums", { title: "  Trip ", photo_ids: ["c", "a"] });
  expect(made).toMatchObject({
    status: 201,
    tag: '"1"',
    body: { title: "Trip", description: null, cover_photo_id: "c", photo_count: 2, version: 1 },
  });
  const address = String(made.location);
  expect(address).toBe(`/v1/albums/${String(made.body["id"])}`);
  expect(await ask("GET", address)).toMatchObject({ status: 200, tag: '"1"', body: made.body });
  expect(await photosIn(address)).toEqual(["c", "a"]);
  const second = await ask("POST", "/v1/albums", { title: "Other" });
  expect((await ask("GET", "/v1/albums")).body).toEqual({
    albums: [second.body, made.body],
    next_cursor: null,
  });
  const page = (await ask("GET", "/v1/albums?limit=1")).body;
  expect(page).toMatchObject({ albums: [{ title: "Other" }], next_cursor: expect.any(String) });
  const rest = await ask("GET", `/v1/albums?limit=1&cursor=${String(page["next_cursor"])}`);
  expect(rest.body).toEqual({ albums: [made.body], next_cursor: null });
});

test("the same key makes one album; another album under it is refused", async () => {
  const { ask } = await createGround();
  const key = { "idempotency-key": "once" };
  const first = await ask("POST", "/v1/albums", { title: "Trip" }, key);
  expect(await ask("POST", "/v1/albums", { title: "Trip" }, key)).toEqual(first);
  expect(await ask("POST", "/v1/albums", { title: "Other" }, key)).toMatchObject({
    status: 422,
    body: { code: "idempotency-key-reused" },
  });
  expect((await ask("GET", "/v1/albums")).body["albums"]).toHaveLength(1);
});

test("an edit says what it was made on", async () => {
  const { ask, create } = await createGround("a", "b");
  const album = await create({ title: "Trip", photo_ids: ["a", "b"] });
  const edit = (body: object, condition?: string) =>
    ask("PATCH", album, body, condition === undefined ? {} : { "if-match": condition });
  expect(await edit({ title: "Sea" })).toMatchObject({
    status: 428,
    body: { code: "precondition-required" },
  });
  const change = { title: "Sea", description: "Two\nlines", cover_photo_id: "b" };
  expect(await edit(change, '"1"')).toMatchObject({
    status: 200,
    tag: '"2"',
    body: { ...change, version: 2 },
  });
  expect(await edit({ title: "Lake" }, '"1"')).toMatchObject({
    status: 412,
    body: { code: "album-changed" },
  });
  expect(await edit({ cover_photo_id: null }, "*")).toMatchObject({
    status: 200,
    body: { title: "Sea", cover_photo_id: "a" },
  });
  expect(await edit({ cover_photo_id: "c" }, "*")).toMatchObject({
    status: 409,
    body: { code: "photo-not-in-album" },
  });
  expect(await edit({ title: " " }, "*")).toMatchObject({ status: 422, body: { code: "invalid-command" } });
  for (const body of [{ shared_with: ["ben"] }, { title: null }, { title: "x".repeat(201) }]) {
    expect(await edit(body, "*")).toMatchObject({ status: 400, body: { code: "request-invalid" } });
  }
});

test("photos come, go and move; the trash hides them, and the album's deletion leaves them", async () => {
  const { ask, create, photosIn, trash } = await createGround("a", "b", "c", "d");
  const album = await create({ title: "Trip", photo_ids: ["a"] });
  const add = (...ids: string[]) => ask("POST", `${album}/photos`, { photo_ids: ids });
  expect(await add("c", "b", "a", "d")).toMatchObject({ status: 200, body: { photo_count: 4, version: 1 } });
  expect(await photosIn(album)).toEqual(["a", "c", "b", "d"]);
  const move = (ids: string[], before: string | null) =>
    ask("POST", `${album}/photos/move`, { photo_ids: ids, before });
  await move(["d", "b"], "a");
  expect(await photosIn(album)).toEqual(["d", "b", "a", "c"]);
  await move(["d"], null);
  expect(await photosIn(album)).toEqual(["b", "a", "c", "d"]);
  expect(await move(["a"], "x")).toMatchObject({ status: 409, body: { code: "photo-not-in-album" } });
  expect(await ask("POST", `${album}/photos/remove`, { photo_ids: ["a", "x"] })).toMatchObject({
    status: 200,
    body: { photo_count: 3 },
  });
  await trash("b");
  expect((await ask("GET", album)).body).toMatchObject({ photo_count: 2, cover_photo_id: "c" });
  expect(await photosIn(album, "?limit=1")).toEqual(["c"]);
  expect(await add("b")).toMatchObject({ status: 409, body: { code: "photo-in-trash" } });
  expect(await add("x")).toMatchObject({ status: 404, body: { code: "photo-not-found" } });
  expect(await add()).toMatchObject({ status: 400, body: { code: "request-invalid" } });
  expect(await ask("DELETE", album)).toMatchObject({ status: 204 });
  expect(await ask("GET", album)).toMatchObject({ status: 404, body: { code: "album-not-found" } });
  expect(await ask("DELETE", album)).toMatchObject({ status: 404 });
  expect((await ask("GET", "/v1/photos")).body["photos"]).toHaveLength(3);
});

test("whoever else asks finds nothing, in the same words as what does not exist", async () => {
  const { ask, create, other } = await createGround("a");
  const album = await create({ title: "Secret trip", photo_ids: ["a"] });
  const tries: [Method, string, object?][] = [
    ["GET", ""],
    ["PATCH", "", { title: "Mine" }],
    ["DELETE", ""],
    ["GET", "/photos"],
    ["POST", "/photos", { photo_ids: ["a"] }],
    ["POST", "/photos/remove", { photo_ids: ["a"] }],
    ["POST", "/photos/move", { photo_ids: ["a"], before: null }],
  ];
  const condition = { "if-match": "*" };
  for (const [method, path, body] of tries) {
    const theirs = await ask(method, album + path, body, { ...other, ...condition });
    const nothing = await ask(method, `/v1/albums/none${path}`, body, condition);
    expect([method, path, theirs.status, theirs.body["code"]]).toEqual([
      method,
      path,
      404,
      "album-not-found",
    ]);
    expect({ ...theirs.body, correlation_id: "" }).toEqual({ ...nothing.body, correlation_id: "" });
  }
  expect((await ask("GET", "/v1/albums", undefined, other)).body["albums"]).toEqual([]);
  expect((await ask("GET", album)).body).toMatchObject({ title: "Secret trip", photo_count: 1 });
});
