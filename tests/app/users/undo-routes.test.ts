import { expect, test } from "vitest";
import { newKey } from "../../catalog/fixtures.ts";
import { newPhoto } from "../../catalog/photo-fixture.ts";
import { createPhotoServer } from "../../photos/photo-server.ts";

test("one's own activity is undone once; what stands in the way is told, and what is not there", async () => {
  const { server, headers, catalog } = await createPhotoServer();
  const me = (await server.inject({ url: "/v1/users/me", headers })).json<{ id: string }>();
  const run = async (command: Parameters<typeof catalog.execute>[1]) =>
    (await catalog.execute(me.id, command, { idempotencyKey: newKey() })).sequence;
  await run({ kind: "add-photo", photo: newPhoto("a") });
  const edited = await run({ kind: "edit-photo", photoId: "a", edit: { title: "Sea" } });
  const undo = (sequence: number) =>
    server.inject({
      method: "POST",
      url: `/v1/users/me/activity/${sequence}/undo`,
      headers: { ...headers, "idempotency-key": `undo-${sequence}` },
    });
  const reply = await undo(edited);
  expect(reply.statusCode).toBe(200);
  expect(reply.json()).toEqual({ sequence: edited + 1 });
  expect((await undo(edited)).json()).toEqual({ sequence: edited + 1 });
  expect(await catalog.photo(me.id, "a")).toMatchObject({ title: null });
  await run({ kind: "edit-photo", photoId: "a", edit: { title: "Lake" } });
  const refused = await undo(edited + 1);
  expect(refused.statusCode).toBe(409);
  expect(refused.json()).toMatchObject({ code: "entry-overtaken" });
  expect((await undo(99)).statusCode).toBe(404);
  expect((await undo(1)).json()).toMatchObject({ code: "entry-not-undoable" });
});
