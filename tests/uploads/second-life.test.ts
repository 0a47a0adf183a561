import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { type PhotoServer, createPhotoServer } from "../photos/photo-server.ts";
import { quarters } from "../pictures/sample-pictures.ts";
import { sendContent } from "./send-content.ts";

const hour = 3600 * 1000;

async function ask(service: PhotoServer, method: "GET" | "POST" | "DELETE", url: string) {
  return await service.server.inject({ method, url, headers: service.headers });
}

/** Always under the same key, so that it is the same upload. */
async function open(service: PhotoServer, bytes: Uint8Array): Promise<string> {
  const reply = await service.server.inject({
    method: "POST",
    url: "/v1/uploads",
    headers: { ...service.headers, "idempotency-key": "key" },
    payload: {
      filename: "sea.jpg",
      size_bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    },
  });
  expect(reply.statusCode).toBe(201);
  return reply.json<{ id: string }>().id;
}

async function send(service: PhotoServer, id: string, bytes: Uint8Array) {
  expect((await sendContent(service, id, bytes)).statusCode).toBe(200);
}

async function begin() {
  const clock = { now: Date.parse("2026-11-23T08:00:00.000Z") };
  const service = await createPhotoServer({ clock });
  return { clock, service, bytes: await quarters().jpeg().toBuffer() };
}

test("an upload that was given up and is begun again a day later is given up when asked", async () => {
  const { clock, service, bytes } = await begin();
  const id = await open(service, bytes);
  clock.now += 20 * hour;
  expect((await ask(service, "DELETE", `/v1/uploads/${id}`)).statusCode).toBe(204);
  clock.now += 5 * hour;
  expect(await open(service, bytes)).toBe(id);
  expect((await ask(service, "DELETE", `/v1/uploads/${id}`)).statusCode).toBe(204);
  expect((await ask(service, "GET", `/v1/uploads/${id}`)).statusCode).toBe(404);
});

test("an upload whose photo was deleted for good and that is begun again a day later becomes a photo again", async () => {
  const { clock, service, bytes } = await begin();
  const id = await open(service, bytes);
  await send(service, id, bytes);
  clock.now += 20 * hour;
  const first = await ask(service, "POST", `/v1/uploads/${id}/complete`);
  expect(first.statusCode).toBe(201);
  const photoId = first.json<{ id: string }>().id;
  const [userId = ""] = (await service.stored()).map((name) => name.split("/")[1]);
  for (const kind of ["trash-photo", "purge-photo", "finish-purge"] as const)
    await service.catalog.execute(userId, { kind, photoId }, { idempotencyKey: kind });
  clock.now += 5 * hour;
  expect(await open(service, bytes)).toBe(id);
  await send(service, id, bytes);
  const second = await ask(service, "POST", `/v1/uploads/${id}/complete`);
  expect(second.statusCode).toBe(201);
  expect(second.json<{ id: string }>().id).not.toBe(photoId);
});
