import { expect, test } from "vitest";
import { catalogEvent } from "../../app/events/catalog-event.ts";
import { tellChanges } from "../../app/events/told-catalog.ts";
import { createTopic, type TopicMessage } from "../../app/events/topic.ts";
import { add, newKey, openCatalog, person, scratchFolder } from "../catalog/fixtures.ts";
import { createPhotoServer, upload } from "../photos/photo-server.ts";
import { wholeRecords } from "../photos/whole-records.ts";
import { quarters } from "../pictures/sample-pictures.ts";
import { startTopicStandIn } from "./topic-stand-in.ts";
import { createTestWorker } from "./worker-ground.ts";

async function createGround() {
  const service = await createPhotoServer();
  const standIn = await startTopicStandIn();
  const published = createTopic({ projectId: "p", name: "published", endpoint: standIn.endpoint });
  const records = await wholeRecords(service);
  const worker = await createTestWorker(service, { records, published });
  const { body } = await upload(service, await quarters().webp().toBuffer());
  return { standIn, worker, userId: String(body["user_id"]) };
}

test("a push about a person publishes what happened, in order and under the person's key; again nothing", async () => {
  const { standIn, worker, userId } = await createGround();
  for (const _ of [1, 2]) {
    expect((await worker.push(catalogEvent(userId), undefined, "catalog")).statusCode).toBe(204);
  }
  const [first, second, ...rest] = standIn.published;
  expect([first?.data, second?.data]).toMatchObject([
    { user_id: userId, seq: 1, kind: "signed-in" },
    { user_id: userId, seq: 2, kind: "photo-added", format: "image/webp" },
  ]);
  expect(rest).toEqual([]);
  expect(first?.orderingKey).toBe(userId);
});

test("a topic that refuses brings the push again", async () => {
  const { standIn, worker, userId } = await createGround();
  standIn.refuse(503);
  const reply = await worker.push(catalogEvent(userId), undefined, "catalog");
  expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([503, "topic-unavailable"]);
  standIn.refuse(undefined);
  expect((await worker.push(catalogEvent(userId), undefined, "catalog")).statusCode).toBe(204);
  expect(standIn.published).toHaveLength(2);
});

test("what names no person is acknowledged; what carries no token is refused", async () => {
  const { standIn, worker, userId } = await createGround();
  for (const message of [{ attributes: { userId: "../x" } }, { attributes: {} }, {}]) {
    expect((await worker.push(message, undefined, "catalog")).statusCode).toBe(204);
  }
  expect((await worker.push(catalogEvent(userId), "", "catalog")).statusCode).toBe(403);
  expect(standIn.published).toEqual([]);
});

test("each change is told; those made while one is being told share the next; nobody's change fails by it", async () => {
  const catalog = await openCatalog(scratchFolder());
  const told: (readonly TopicMessage[])[] = [];
  const faults: unknown[] = [];
  let answer = Promise.withResolvers<void>();
  const topic = {
    publish: async (messages: readonly TopicMessage[]) => {
      told.push(messages);
      await answer.promise;
    },
  };
  const telling = tellChanges(catalog, { topic, onNotTold: (error) => faults.push(error) });
  for (const id of ["a", "b", "c"]) await add(telling, id);
  expect(told).toEqual([[catalogEvent(person)]]);
  answer.resolve();
  await expect.poll(() => told.length).toBe(2);
  answer = Promise.withResolvers<void>();
  const favorite = { kind: "favorite-photo", photoId: "a", favorite: true } as const;
  const { sequence } = await telling.execute(person, favorite, { idempotencyKey: newKey() });
  answer.reject(new Error("gone"));
  await expect.poll(() => faults.length).toBe(1);
  answer = Promise.withResolvers<void>();
  answer.resolve();
  await telling.undo(person, sequence, { idempotencyKey: newKey() });
  await expect.poll(() => told.length).toBe(4);
});
