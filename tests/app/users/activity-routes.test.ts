import { expect, test } from "vitest";
import { newKey } from "../../catalog/fixtures.ts";
import { newPhoto } from "../../catalog/photo-fixture.ts";
import { createPhotoServer } from "../../photos/photo-server.ts";

test("one's own activity is told page by page, and nobody else's", async () => {
  const { server, headers, headersOf, catalog } = await createPhotoServer();
  const ask = async (url: string, by = headers) =>
    (await server.inject({ url, headers: by })).json<Record<string, unknown>>();
  const { id } = await ask("/v1/users/me");
  const photo = newPhoto("a");
  await catalog.execute(String(id), { kind: "add-photo", photo }, { idempotencyKey: newKey() });
  const first = await ask("/v1/users/me/activity?limit=1");
  expect(first).toEqual({
    activities: [
      {
        sequence: 2,
        at: expect.any(String),
        kind: "photo-added",
        photo_id: "a",
        album_id: null,
        share_id: null,
        upload_id: null,
        photo_count: null,
      },
    ],
    next_cursor: expect.any(String),
  });
  const second = await ask(`/v1/users/me/activity?cursor=${String(first["next_cursor"])}`);
  expect(second).toMatchObject({ activities: [{ sequence: 1, kind: "signed-in" }], next_cursor: null });
  const other = await headersOf({ sub: "accounts.google.com:2", email: "other@example.com" });
  expect(await ask("/v1/users/me/activity", other)).toMatchObject({ activities: [{ kind: "signed-in" }] });
  expect(await ask("/v1/users/me/activity?limit=201")).toMatchObject({ code: "request-invalid" });
});
