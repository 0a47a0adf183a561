import { expect, test } from "vitest";
import { newKey } from "../../catalog/fixtures.ts";
import { newPhoto } from "../../catalog/photo-fixture.ts";
import { createPhotoServer } from "../../photos/photo-server.ts";

test("what changed is told from the token of a reply on, page by page, to its owner alone", async () => {
  const { server, headers, headersOf, catalog } = await createPhotoServer();
  const reply = (url: string, by = headers) => server.inject({ url, headers: by });
  const ask = async (url: string, by = headers) => (await reply(url, by)).json<Record<string, unknown>>();
  const me = await reply("/v1/users/me");
  const userId = me.json<{ id: string }>().id;
  const token = String(me.headers["catalog-token"]);
  expect(await ask(`/v1/changes?after=${token}`)).toEqual({ changes: [], token, is_complete: true });

  for (const id of ["a", "b", "c"]) {
    await catalog.execute(userId, { kind: "add-photo", photo: newPhoto(id) }, { idempotencyKey: newKey() });
  }
  const first = await ask(`/v1/changes?after=${token}&limit=2`);
  expect(first).toMatchObject({
    changes: [
      { kind: "photo-added", photo_id: "a", album_id: null, sequence: 2 },
      { kind: "photo-added", photo_id: "b", sequence: 3 },
    ],
    token: `${userId}.3`,
    is_complete: false,
  });
  expect(await ask(`/v1/changes?after=${String(first["token"])}`)).toMatchObject({
    changes: [{ kind: "photo-added", photo_id: "c" }],
    token: `${userId}.4`,
    is_complete: true,
  });
  expect(JSON.stringify(first)).not.toContain("jpg");

  const other = await headersOf({ sub: "accounts.google.com:2", email: "other@example.com" });
  expect(await ask(`/v1/changes?after=${token}`, other)).toMatchObject({
    status: 400,
    code: "invalid-token",
  });
  for (const wrong of ["/v1/changes", "/v1/changes?after=", `/v1/changes?after=${token}&limit=201`]) {
    expect(await ask(wrong)).toMatchObject({ status: 400, code: "request-invalid" });
  }
  for (const wrong of ["nonsense", `${userId}.99`]) {
    expect(await ask(`/v1/changes?after=${wrong}`)).toMatchObject({ status: 400, code: "invalid-token" });
  }
});
