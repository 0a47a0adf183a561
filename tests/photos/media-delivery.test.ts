import { expect, test } from "vitest";
import { quarters } from "../pictures/sample-pictures.ts";
import { createPhotoServer, upload } from "./photo-server.ts";

const key = { name: "media-v7", bytes: Buffer.from("000102030405060708090a0b0c0d0e0f", "hex") };

async function createGround(options: Parameters<typeof createPhotoServer>[0] = { key }) {
  const service = await createPhotoServer(options);
  const { server, headers } = service;
  const { body } = await upload(service, await quarters().jpeg().toBuffer(), "Käse 1.jpg");
  const photo = `/v1/photos/${String(body["id"])}`;
  const colleague = await service.headersOf({ sub: "accounts.google.com:2", email: "ben@example.com" });
  const asColleague = `/v1/users/${String(body["user_id"])}/photos/${String(body["id"])}`;
  const get = (url: string, more: Record<string, string> = headers) => server.inject({ url, headers: more });
  const edit = (payload: object) =>
    server.inject({ method: "PATCH", url: photo, headers: { ...headers, "if-match": "*" }, payload });
  return { ...service, body, photo, colleague, asColleague, get, edit };
}

function cookiesOf(reply: { readonly headers: Record<string, unknown> }): string[] {
  return [reply.headers["set-cookie"] ?? []].flat().map(String);
}

test("the API leads to signed addresses, and the service itself sends no bytes", async () => {
  const { get, photo, body } = await createGround();
  for (const [rendition, path] of [
    ["thumbnail", body["thumbnail_path"]],
    ["preview", body["preview_path"]],
    ["original", body["storage_path"]],
  ] as const) {
    const reply = await get(`${photo}/${rendition}`);
    expect([reply.statusCode, reply.rawPayload.length]).toEqual([303, 0]);
    expect(reply.headers["location"]).toMatch(
      new RegExp(`^/${String(path)}\\?Expires=\\d+&KeyName=media-v7&Signature=[\\w-]+=$`),
    );
    expect(reply.headers["cache-control"]).toBe("private, no-store");
    expect((await get(`/${String(path)}`)).statusCode).toBe(404);
  }
});

test("a colleague is led to thumbnail and preview of what is not private, and to nothing else", async () => {
  const { get, edit, asColleague, colleague, photo, server, headers } = await createGround();
  const statuses = async () => [
    (await get(`${asColleague}/thumbnail`, colleague)).statusCode,
    (await get(`${asColleague}/preview`, colleague)).statusCode,
    (await get(`${asColleague}/original`, colleague)).statusCode,
    (await get(`${photo}/thumbnail`, colleague)).statusCode,
  ];
  expect(await statuses()).toEqual([404, 404, 404, 404]);
  await edit({ private: false });
  expect(await statuses()).toEqual([303, 303, 404, 404]);
  // What became private, or went to the trash, is never signed again.
  await edit({ private: true });
  expect(await statuses()).toEqual([404, 404, 404, 404]);
  await edit({ private: false });
  await server.inject({ method: "DELETE", url: photo, headers });
  expect(await statuses()).toEqual([404, 404, 404, 404]);
  expect((await get(`${photo}/thumbnail`)).statusCode).toBe(303);
});

test("what is being purged, or has no pictures yet, or belongs to nobody, is signed for no one", async () => {
  const { get, catalog, body, photo, server, headers, colleague } = await createGround({
    key,
    decodeBytes: 1,
  });
  expect((await get(`${photo}/thumbnail`)).statusCode).toBe(404);
  expect((await get(`${photo}/original`)).statusCode).toBe(303);
  await server.inject({ method: "DELETE", url: photo, headers });
  const command = { kind: "purge-photo", photoId: String(body["id"]) } as const;
  await catalog.execute(String(body["user_id"]), command, { idempotencyKey: "purging" });
  expect((await get(`${photo}/original`)).statusCode).toBe(404);
  const nobodys = `/v1/users/nobody/photos/${String(body["id"])}/thumbnail`;
  expect((await get(nobodys, colleague)).statusCode).toBe(404);
});

test("of a closed account nothing is found", async () => {
  const { get, edit, catalog, body, asColleague, colleague } = await createGround();
  await edit({ private: false });
  // As a process leaves it that stops after the final entry: the directory still names the person.
  const command = { kind: "close-account" } as const;
  await catalog.execute(String(body["user_id"]), command, { idempotencyKey: "closing" });
  expect((await get(`${asColleague}/thumbnail`, colleague)).statusCode).toBe(404);
});

test("the page is given a cookie for each of the person's folders, once", async () => {
  const { get, headers, body } = await createGround();
  const cookies = cookiesOf(await get("/"));
  const user = String(body["user_id"]);
  expect(cookies.map((cookie) => cookie.replace(/=[^;]*/, ""))).toEqual([
    ...["photos", "previews", "thumbnails"].map(
      (folder) => `Cloud-CDN-Cookie; Path=/${folder}/${user}/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure`,
    ),
    "imgstream-media; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure",
  ]);
  const marker = cookies[3]?.split(";")[0] ?? "";
  expect(cookiesOf(await get("/", { ...headers, cookie: `theme=dark; ${marker}` }))).toEqual([]);
  const { "x-requested-with": _, ...program } = headers;
  expect(cookiesOf(await get("/v1/photos", program))).toEqual([]);
  expect(cookiesOf(await get("/v1/photos/none"))).toEqual([]);
  expect(cookiesOf(await get("/health/live"))).toEqual([]);
});

test("cookies come again after half an hour and when the key is another", async () => {
  const { get, headers, body } = await createGround();
  const user = String(body["user_id"]);
  const soon = Math.floor(Date.now() / 1000) + 60;
  const count = async (marker: string) =>
    cookiesOf(await get("/v1/photos", { ...headers, cookie: `imgstream-media=${marker}` })).length;
  expect(await count(`${user}.media-v7.${soon}`)).toBe(0);
  expect(await count(`${user}.media-v7.${soon - 120}`)).toBe(4);
  expect(await count(`${user}.media-v6.${soon}`)).toBe(4);
  expect(await count("../../x")).toBe(4);
});

test("where somebody else used this browser before, what admitted them goes", async () => {
  const { get, headers } = await createGround();
  const cookies = cookiesOf(
    await get("/", { ...headers, cookie: "imgstream-media=someone-else.media-v7.9999999999" }),
  );
  expect(cookies.slice(0, 3).map((cookie) => cookie.split("; HttpOnly")[0])).toEqual([
    "Cloud-CDN-Cookie=; Path=/photos/someone-else/; Max-Age=0",
    "Cloud-CDN-Cookie=; Path=/previews/someone-else/; Max-Age=0",
    "Cloud-CDN-Cookie=; Path=/thumbnails/someone-else/; Max-Age=0",
  ]);
  expect(cookies).toHaveLength(7);
});

test("behind another edge the same addresses are answered from the store, for who may see the photo", async () => {
  const { get, edit, body, colleague, asColleague } = await createGround({});
  const thumbnail = `/${String(body["thumbnail_path"])}`;
  const original = `/${String(body["storage_path"])}`;
  const reply = await get(thumbnail);
  expect([reply.statusCode, reply.headers["content-type"]]).toEqual([200, "image/webp"]);
  expect(reply.headers["cache-control"]).toBe("private, max-age=31536000, immutable");
  expect((await get(original)).headers["content-disposition"]).toContain(
    "filename*=UTF-8''K%C3%A4se%201.jpg",
  );
  expect((await get(thumbnail.replace("v1", "v2"))).statusCode).toBe(404);
  expect((await get(thumbnail.replace("thumbnails", "previews"))).statusCode).toBe(404);
  expect((await get("/thumbnails/nobody/nothing.webp")).statusCode).toBe(404);
  expect((await get(thumbnail, colleague)).statusCode).toBe(404);
  await edit({ private: false });
  expect((await get(thumbnail, colleague)).statusCode).toBe(200);
  expect((await get(`${asColleague}/preview`, colleague)).statusCode).toBe(200);
  expect((await get(original, colleague)).statusCode).toBe(404);
  expect(cookiesOf(await get("/"))).toEqual([]);
});
