import { expect, test } from "vitest";
import { createPhotoServer, upload } from "../../photos/photo-server.ts";
import type { PhotoServer } from "../../photos/photo-server.ts";
import { grain } from "../../pictures/sample-pictures.ts";

type Method = "GET" | "PATCH" | "DELETE";

/** One person's requests. */
function caller({ server }: PhotoServer, headers: Record<string, string>) {
  return async (method: Method, url: string, payload?: object, more: Record<string, string> = {}) => {
    const reply = await server.inject({
      method,
      url,
      headers: { ...headers, ...more },
      ...(payload !== undefined && { payload }),
    });
    return { status: reply.statusCode, headers: reply.headers, body: reply.json<Record<string, unknown>>() };
  };
}

const photo = () => grain(200, 100).jpeg().toBuffer();

test("a person changes the setting by which photos start, and sees what takes up their room", async () => {
  const ground = await createPhotoServer();
  const ask = caller(ground, ground.headers);
  const changed = await ask("PATCH", "/v1/users/me", { settings: { private_by_default: false } });
  expect(changed).toMatchObject({ status: 200, body: { settings: { private_by_default: false } } });
  expect((await ask("PATCH", "/v1/users/me", {})).body).toEqual(changed.body);
  const { body } = await upload(ground, await photo());
  expect(body).toMatchObject({ private: false });
  expect(await ask("GET", "/v1/users/me/usage")).toMatchObject({
    status: 200,
    body: {
      storage_quota: 2 ** 30,
      storage_used: body["size_bytes"],
      storage_reserved: 0,
      photos: { count: 1, bytes: body["size_bytes"] },
      trash: { count: 0, bytes: 0 },
    },
  });
});

test.each([
  [{ settings: { private_by_default: "no" } }, "/settings/private_by_default"],
  [{ settings: { theme: "dark" } }, "/settings/theme"],
  [{ storage_quota: 1 }, "/storage_quota"],
])("settings %j are refused by field", async (payload, pointer) => {
  const ground = await createPhotoServer();
  const reply = await caller(ground, ground.headers)("PATCH", "/v1/users/me", payload);
  expect(reply).toMatchObject({ status: 400, body: { code: "request-invalid", errors: [{ pointer }] } });
});

test("closing an account says what remains; the next request is someone new who has nothing", async () => {
  const ground = await createPhotoServer();
  const ask = caller(ground, ground.headers);
  const { body: before } = await ask("GET", "/v1/users/me");
  const { body: kept } = await upload(ground, await photo());
  const day = 24 * 3600 * 1000;
  const earliest = new Date(Date.now() + day).toISOString();
  const closed = await ask("DELETE", "/v1/users/me");
  const latest = new Date(Date.now() + day).toISOString();
  const remains = {
    photos: 1,
    bytes: kept["size_bytes"],
    deletion_date: expect.any(String),
    last_copies_date: expect.any(String),
  };
  expect(closed).toEqual({
    status: 200,
    headers: closed.headers,
    body: { id: before["id"], remains },
  });
  const deletion = String(Reflect.get(Object(closed.body["remains"]), "deletion_date"));
  expect([earliest, deletion, latest].toSorted()).toEqual([earliest, deletion, latest]);
  const gone = new Date(Date.parse(deletion) + 61 * day).toISOString().slice(0, 10);
  expect(closed.body).toMatchObject({ remains: { last_copies_date: gone } });

  const { body: after } = await ask("GET", "/v1/users/me");
  expect(after).toMatchObject({ email: before["email"], storage_used: 0 });
  expect(after["id"]).not.toBe(before["id"]);
  expect((await ask("GET", "/v1/photos")).body).toMatchObject({ photos: [] });
  expect(await ask("GET", `/v1/photos/${String(kept["id"])}`)).toMatchObject({ status: 404 });
  expect((await ask("GET", "/v1/users")).body).toMatchObject({ users: [{ id: after["id"] }] });
});

test("an account that was closed elsewhere fails one request at most, and then is someone new", async () => {
  const ground = await createPhotoServer();
  const ask = caller(ground, ground.headers);
  const { body: before } = await ask("GET", "/v1/users/me");
  const id = String(before["id"]);
  await ground.catalog.execute(id, { kind: "close-account" }, { idempotencyKey: "elsewhere" });
  const met = await ask("GET", "/v1/photos");
  expect(met).toMatchObject({ status: 410, body: { code: "account-closed" } });
  const { status, body: after } = await ask("GET", "/v1/users/me");
  expect(status).toBe(200);
  expect(after["id"]).not.toBe(id);
});

test("writes of another site close nothing", async () => {
  const ground = await createPhotoServer();
  const ask = caller(ground, ground.headers);
  const { body: before } = await ask("GET", "/v1/users/me");
  const reply = await ask("DELETE", "/v1/users/me", undefined, { "sec-fetch-site": "cross-site" });
  expect(reply).toMatchObject({ status: 403, body: { code: "cross-site-request" } });
  expect((await ask("GET", "/v1/users/me")).body).toEqual(before);
});

test("the directory has everyone once, page by page, and nothing of them but address and name", async () => {
  const ground = await createPhotoServer();
  const people = ["anna", "ben", "cleo"];
  for (const name of people) {
    const headers = await ground.headersOf({ sub: name, email: `${name}@example.com` });
    await caller(ground, headers)("GET", "/v1/users/me");
  }
  const ask = caller(ground, await ground.headersOf({ sub: "anna", email: "anna@example.com" }));
  const found: Record<string, unknown>[] = [];
  let cursor = "";
  for (let page = 1; page <= 3; page += 1) {
    const { body } = await ask("GET", `/v1/users?limit=1${cursor}`);
    const { users, next_cursor: next } = body as { users: Record<string, unknown>[]; next_cursor: unknown };
    found.push(...users);
    expect(next === null).toBe(page === 3);
    cursor = `&cursor=${String(next)}`;
  }
  expect(found.map(({ email }) => String(email)).toSorted()).toEqual(
    people.map((name) => `${name}@example.com`),
  );
  expect(found.map((one) => Object.keys(one))).toEqual(people.map(() => ["id", "email", "name"]));
  expect(await ask("GET", "/v1/users?cursor=x")).toMatchObject({
    status: 400,
    body: { code: "invalid-cursor" },
  });
});

test("an administrator gives room, and for everyone else that address is not there", async () => {
  const ground = await createPhotoServer();
  const ask = caller(ground, ground.headers);
  const { body: me } = await ask("GET", "/v1/users/me");
  const root = caller(ground, await ground.headersOf({ sub: "root", email: "root@example.com" }));
  const url = `/v1/admin/users/${String(me["id"])}`;

  const unknown = await root("PATCH", "/v1/admin/users/nobody", { storage_quota: 5 });
  for (const payload of [{ storage_quota: 5 }, { storage_quota: "much" }]) {
    const refused = await ask("PATCH", url, payload);
    expect(refused.status).toBe(404);
    expect({ ...refused.body, correlation_id: "" }).toEqual({ ...unknown.body, correlation_id: "" });
  }
  expect(await root("PATCH", url, { storage_quota: 5 })).toMatchObject({
    status: 200,
    body: { id: me["id"], email: "alice@example.com", storage_quota: 5, storage_used: 0 },
  });
  expect(await upload(ground, await photo())).toMatchObject({
    status: 409,
    body: { code: "quota-exceeded" },
  });
  expect((await ask("GET", "/v1/users/me")).body).toMatchObject({ storage_quota: 5 });
  expect((await root("PATCH", url, { storage_quota: null })).body).toMatchObject({ storage_quota: 2 ** 30 });
  expect(await root("PATCH", url, {})).toMatchObject({ status: 400 });
  expect(await root("PATCH", url, { storage_quota: -1 })).toMatchObject({ status: 400 });
});
