import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { quarters } from "../pictures/sample-pictures.ts";
import { createPhotoServer, upload } from "../photos/photo-server.ts";
import { createTestWorker, objectMade } from "./worker-ground.ts";

async function createGround() {
  const service = await createPhotoServer({ decodeBytes: 1 });
  const worker = await createTestWorker(service);
  const { body } = await upload(service, await quarters().webp().toBuffer());
  const [userId, photoId] = [String(body["user_id"]), String(body["id"])];
  return { service, worker, userId, photoId, objectId: `temp/processing/${userId}/${photoId}` };
}

test("an event about a photo that waits makes its pictures, and the same event again is acknowledged", async () => {
  const { service, worker, userId, photoId, objectId } = await createGround();
  for (const _ of [1, 2]) {
    const reply = await worker.push(objectMade(objectId));
    expect([reply.statusCode, reply.body]).toEqual([204, ""]);
  }
  expect(await service.catalog.photo(userId, photoId)).toMatchObject({ state: "ready", version: 2 });
});

test.each([
  ["an upload", "temp/uploads/person/1", "OBJECT_FINALIZE"],
  ["a deletion", "temp/processing/person/1", "OBJECT_DELETE"],
  ["a path that climbs", "temp/processing/../../records", "OBJECT_FINALIZE"],
  ["nothing", "", "OBJECT_FINALIZE"],
])("an event about %s is acknowledged and concerns nobody", async (_name, objectId, eventType) => {
  const { worker } = await createGround();
  expect((await worker.push(objectMade(objectId, eventType))).statusCode).toBe(204);
});

test("an event about a photo that is never recorded comes again", async () => {
  const { worker, userId } = await createGround();
  const reply = await worker.push(objectMade(`temp/processing/${userId}/never`));
  expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([503, "event-premature"]);
}, 20_000);

test("what is no push is refused", async () => {
  const { worker } = await createGround();
  expect((await worker.push("text")).statusCode).toBe(400);
});

test("only a token of the one account for this audience, signed by Google, is believed", async () => {
  const { service, worker, userId, photoId, objectId } = await createGround();
  const { issuer } = worker;
  const now = Math.floor(Date.now() / 1000);
  const [header = "", payload = ""] = issuer.token({}, { alg: "HS256" }).split(".");
  const pem = issuer.publicKey.export({ type: "spki", format: "pem" });
  const forged = createHmac("sha256", pem).update(`${header}.${payload}`).digest("base64url");
  const [, claims = ""] = issuer.token().split(".");
  const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${claims}.`;
  const refused: readonly (readonly [string, string])[] = [
    ["no header", ""],
    ["no token", "Bearer "],
    ["another scheme", `Basic ${issuer.token()}`],
    ["another audience", `Bearer ${issuer.token({ aud: "https://elsewhere.example.com" })}`],
    ["several audiences", `Bearer ${issuer.token({ aud: ["https://photos.example.com/events", "x"] })}`],
    ["another issuer", `Bearer ${issuer.token({ iss: "https://evil.example.com" })}`],
    ["another account", `Bearer ${issuer.token({ email: "someone@example.com" })}`],
    ["an address nobody verified", `Bearer ${issuer.token({ email_verified: false })}`],
    ["no address", `Bearer ${issuer.token({ email: undefined })}`],
    ["expired", `Bearer ${issuer.token({ exp: now - 100, iat: now - 4000 })}`],
    ["not valid yet", `Bearer ${issuer.token({ iat: now + 1000 })}`],
    ["another key", `Bearer ${issuer.token({}, { kid: "google-2" })}`],
    ["alg none", `Bearer ${unsigned}`],
    ["HS256 with the public key", `Bearer ${header}.${payload}.${forged}`],
    ["a changed signature", `Bearer ${issuer.token().slice(0, -8)}AAAAAAAA`],
  ];
  for (const [name, authorization] of refused) {
    const reply = await worker.push(objectMade(objectId), authorization);
    expect({ name, status: reply.statusCode }).toEqual({ name, status: 403 });
    expect(reply.json()).toMatchObject({
      code: "event-refused",
      detail: "The event carries no valid token.",
    });
  }
  expect(await service.catalog.photo(userId, photoId)).toMatchObject({ state: "processing" });
});

test("health needs no token", async () => {
  const { worker } = await createGround();
  expect((await worker.server.inject({ url: "/health/live" })).statusCode).toBe(200);
});
