import { expect, test } from "vitest";
import { purge } from "../maintenance/alone.ts";
import { noEdgeCache } from "../../app/media/edge-cache.ts";
import { quarters } from "../pictures/sample-pictures.ts";
import { type PhotoServer, createPhotoServer, upload } from "./photo-server.ts";

async function addPhotos(service: PhotoServer, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const bytes = await quarters(40 + index, 30)
      .withExif({ IFD2: { DateTimeOriginal: `2020:01:0${index + 1} 12:00:00` } })
      .jpeg()
      .toBuffer();
    ids.push(String((await upload(service, bytes)).body["id"]));
  }
  return ids;
}

function ask(
  { server, headers }: Pick<PhotoServer, "server" | "headers">,
  url: string,
  method: "GET" | "DELETE" | "POST" = "GET",
) {
  return server.inject({ method, url, headers });
}

test("photos are listed newest first, page by page", async () => {
  const service = await createPhotoServer();
  const ids = (await addPhotos(service, 5)).toReversed();
  const seen: string[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const query: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const reply = await ask(service, `/v1/photos?limit=2${query}`);
    expect(reply.statusCode).toBe(200);
    const page: { photos: { id: string }[]; next_cursor: string | null } = reply.json();
    seen.push(...page.photos.map(({ id }) => id));
    cursor = page.next_cursor;
    pages++;
  } while (cursor !== null);
  expect(seen).toEqual(ids);
  expect(pages).toBe(3);
});

test.each(["0", "201", "-1", "ten", "1.5"])("a page of %s photos is refused", async (limit) => {
  const service = await createPhotoServer();
  const reply = await ask(service, `/v1/photos?limit=${limit}`);
  expect(reply.json()).toMatchObject({ status: 400, errors: [{ in: "query", pointer: "/limit" }] });
});

test("a photo in the trash is not listed, can still be read, and comes back", async () => {
  const service = await createPhotoServer();
  const [id = ""] = await addPhotos(service, 1);
  const trashed = await ask(service, `/v1/photos/${id}`, "DELETE");
  expect(trashed.json()).toMatchObject({ id, deleted_at: expect.any(String), version: 2 });
  expect((await ask(service, "/v1/photos")).json()).toEqual({ photos: [], next_cursor: null });
  expect((await ask(service, `/v1/photos/${id}`)).json()).toMatchObject({ deleted_at: expect.any(String) });
  const restored = await ask(service, `/v1/photos/${id}/restore`, "POST");
  expect(restored.json()).toMatchObject({ id, deleted_at: null, version: 3 });
  expect((await ask(service, "/v1/photos")).json()).toMatchObject({ photos: [{ id }] });
});

test("what is in the trash is deleted for good where a person says so, and nothing else is", async () => {
  const service = await createPhotoServer();
  const [id = ""] = await addPhotos(service, 1);
  const refused = await ask(service, `/v1/trash/${id}`, "DELETE");
  expect(refused.json()).toMatchObject({ status: 409, code: "photo-not-in-trash" });
  await ask(service, `/v1/photos/${id}`, "DELETE");
  for (const _ of [1, 2]) {
    const reply = await ask(service, `/v1/trash/${id}`, "DELETE");
    expect([reply.statusCode, reply.body]).toEqual([204, ""]);
  }
  expect((await ask(service, "/v1/trash")).json()).toMatchObject({ photos: [] });
  expect((await ask(service, `/v1/photos/${id}`)).statusCode).toBe(404);
  expect((await ask(service, `/v1/photos/${id}/restore`, "POST")).statusCode).toBe(404);
  const ground = { ...service, edge: noEdgeCache };
  expect(await purge(ground)).toMatchObject({ purged_photos: 1 });
  expect(await service.stored()).toEqual([]);
  expect((await ask(service, `/v1/trash/${id}`, "DELETE")).statusCode).toBe(404);
});

test("uploading what is in the trash says so", async () => {
  const service = await createPhotoServer();
  const bytes = await quarters().jpeg().toBuffer();
  const { id } = (await upload(service, bytes)).body as { id: string };
  await ask(service, `/v1/photos/${id}`, "DELETE");
  expect(await upload(service, bytes)).toMatchObject({
    status: 200,
    body: { id, deleted_at: expect.any(String) },
  });
});

test("whatever is not one's own is not found, in the same words as what does not exist", async () => {
  const service = await createPhotoServer();
  const [id = ""] = await addPhotos(service, 1);
  const other = {
    ...service,
    headers: await service.headersOf({ sub: "accounts.google.com:2", email: "b@example.com" }),
  };
  const root = {
    ...service,
    headers: await service.headersOf({ sub: "accounts.google.com:3", email: "root@example.com" }),
  };
  const expected = {
    ...(await ask(service, "/v1/photos/01890000-0000-7000-8000-000000000000")).json<object>(),
  };
  for (const asking of [other, root]) {
    for (const [url, method] of [
      [`/v1/photos/${id}`, "GET"],
      [`/v1/photos/${id}/original`, "GET"],
      [`/v1/photos/${id}/preview`, "GET"],
      [`/v1/photos/${id}/thumbnail`, "GET"],
      [`/v1/photos/${id}`, "DELETE"],
      [`/v1/photos/${id}/restore`, "POST"],
      [`/v1/trash/${id}`, "DELETE"],
      ["/v1/photos/%2e%2e%2fidentities", "GET"],
      ["/v1/photos/nonsense", "GET"],
    ] as const) {
      const reply = await ask(asking, url, method);
      expect(reply.json()).toEqual({ ...expected, correlation_id: expect.any(String) });
      expect(reply.statusCode).toBe(404);
    }
  }
  expect((await ask(service, `/v1/photos/${id}`)).json()).toMatchObject({ deleted_at: null, version: 1 });
});

test("nothing is answered without an identity", async () => {
  const { server } = await createPhotoServer();
  for (const url of ["/v1/photos", "/v1/photos/x", "/v1/photos/x/original"]) {
    expect((await server.inject({ url })).statusCode).toBe(401);
  }
});
