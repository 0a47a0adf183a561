import { expect, test } from "vitest";
import { grain } from "../pictures/sample-pictures.ts";
import { createPhotoServer, upload } from "./photo-server.ts";

async function createEdited() {
  const ground = await createPhotoServer();
  const { body } = await upload(ground, await grain(200, 100).jpeg().toBuffer());
  const url = `/v1/photos/${String(body["id"])}`;
  const { server, headers } = ground;
  return {
    url,
    photo: body,
    read: () => server.inject({ url, headers }),
    edit: async (payload: object, more: Record<string, string> = {}, address = url) => {
      const reply = await server.inject({
        method: "PATCH",
        url: address,
        headers: { ...headers, ...more },
        payload,
      });
      return {
        status: reply.statusCode,
        tag: reply.headers["etag"],
        body: reply.json<Record<string, unknown>>(),
      };
    },
  };
}

test("an edit on the version that was read is made; its tag is the next one's condition", async () => {
  const { photo, read, edit } = await createEdited();
  const tag = String((await read()).headers["etag"]);
  expect(tag).toBe(`"${String(photo["version"])}"`);
  const change = { title: "Sea", description: "Two\nlines", tags: ["beach"], private: false, favorite: true };
  const first = await edit(change, { "if-match": tag });
  expect(first).toMatchObject({
    status: 200,
    body: { ...photo, ...change, version: 2, updated_date: expect.any(String) },
  });
  const second = await edit({ title: null }, { "if-match": String(first.tag) });
  expect(second).toMatchObject({ status: 200, tag: '"3"', body: { title: null, tags: ["beach"] } });
  expect((await read()).json()).toEqual(second.body);
});

test("without If-Match an edit is 428, on a stale version 412, and neither changes anything", async () => {
  const { photo, read, edit } = await createEdited();
  expect(await edit({ title: "Sea" })).toMatchObject({
    status: 428,
    body: { code: "precondition-required" },
  });
  expect(await edit({ title: "Sea" }, { "if-match": '"9"' })).toMatchObject({
    status: 412,
    tag: undefined,
    body: { code: "photo-changed" },
  });
  expect((await read()).json()).toEqual(photo);
  expect(await edit({ title: "Sea" }, { "if-match": "*" })).toMatchObject({ status: 200, tag: '"2"' });
});

test("repeating an edit with its key gives the same answer", async () => {
  const { edit } = await createEdited();
  const headers = { "if-match": '"1"', "idempotency-key": "edit-1" };
  const first = await edit({ favorite: true }, headers);
  expect(await edit({ favorite: true }, headers)).toEqual(first);
  expect(await edit({ favorite: false }, headers)).toMatchObject({ status: 422 });
});

test.each([
  [{ title: 3 }, "/title"],
  [{ title: "x".repeat(201) }, "/title"],
  [{ tags: ["x".repeat(61)] }, "/tags/0"],
  [{ private: null }, "/private"],
  [{ filename: "x" }, "/filename"],
])("the edit %j is refused by field", async (payload, pointer) => {
  const { edit } = await createEdited();
  expect(await edit(payload, { "if-match": '"1"' })).toMatchObject({
    status: 400,
    body: { code: "request-invalid", errors: [{ pointer }] },
  });
});

test("a condition that is no version, and a photo that is not this person's, are refused", async () => {
  const { edit } = await createEdited();
  expect(await edit({ title: "x" }, { "if-match": "1" })).toMatchObject({ status: 400 });
  expect(await edit({ title: "x" }, { "if-match": '"1"' }, "/v1/photos/elsewhere")).toMatchObject({
    status: 404,
    body: { code: "photo-not-found" },
  });
});
