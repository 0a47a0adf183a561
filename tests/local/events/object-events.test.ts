import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { type IncomingMessage, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { createRemoteJWKSet } from "jose";
import { expect, onTestFinished, test } from "vitest";
import { createPushVerifier } from "../../../app/events/push-verifier.ts";
import { DiskObjectStore } from "../../../app/storage/disk-object-store.ts";
import { localEvents } from "../../../local/events/local-events.ts";
import { startObjectEvents } from "../../../local/events/object-events.ts";

interface Received {
  readonly authorization: string | undefined;
  readonly url: string | undefined;
  readonly objectId: string;
}

async function createGround(statusOf: (count: number) => number) {
  const uploadsFolder = mkdtempSync(join(tmpdir(), "imgstream-events-"));
  const received: Received[] = [];
  const worker = createServer((request: IncomingMessage, response) => {
    void json(request).then((body) => {
      const { message } = body as { message: { attributes: { objectId: string } } };
      const { url, headers } = request;
      received.push({ url, authorization: headers.authorization, objectId: message.attributes.objectId });
      response.writeHead(statusOf(received.length)).end();
    });
  });
  await new Promise<void>((resolve) => worker.listen(0, "127.0.0.1", resolve));
  const events = await startObjectEvents({
    uploadsFolder,
    prefix: "temp/processing/",
    workerOrigin: () => `http://127.0.0.1:${(worker.address() as AddressInfo).port}`,
    pollMilliseconds: 20,
  });
  onTestFinished(async () => {
    await events.close();
    worker.closeAllConnections();
    await new Promise((resolve) => worker.close(resolve));
    rmSync(uploadsFolder, { recursive: true, force: true });
  });
  return { events, received, store: new DiskObjectStore(uploadsFolder) };
}

test("every object under the prefix is told of once it is acknowledged, with a token that the app believes", async () => {
  const { events, received, store } = await createGround(() => 204);
  await store.put("temp/processing/person/photo", Buffer.from("{}"));
  await store.put("temp/uploads/person/upload", Buffer.from("{}"));
  await expect.poll(() => received.length, { timeout: 5000 }).toBe(1);
  const [first] = received;
  expect(first).toMatchObject({ url: "/events/uploads", objectId: "temp/processing/person/photo" });
  const verifier = createPushVerifier({
    ...localEvents,
    keySet: createRemoteJWKSet(new URL(events.keySetUrl)),
  });
  await verifier.verify(first?.authorization);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(received).toHaveLength(1);
});

test("an object that is made anew is told of anew, and so is one that was not acknowledged", async () => {
  const { received, store } = await createGround((count) => (count === 1 ? 503 : 204));
  const name = `temp/processing/person/${createHash("sha256").digest("hex").slice(0, 8)}`;
  await store.put(name, Buffer.from("{}"));
  await expect.poll(() => received.length, { timeout: 5000 }).toBe(2);
  await store.put(name, Buffer.from("{}"));
  await expect.poll(() => received.length, { timeout: 5000 }).toBe(3);
});
