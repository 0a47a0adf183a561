import { expect, test } from "vitest";
import { createEventTopics } from "../../app/events/event-topics.ts";
import { createTopic, TopicUnavailableError } from "../../app/events/topic.ts";
import { publish } from "../maintenance/alone.ts";
import { createPhotoServer, upload } from "../photos/photo-server.ts";
import { quarters } from "../pictures/sample-pictures.ts";
import { wholeRecords } from "../photos/whole-records.ts";
import { startTopicStandIn } from "./topic-stand-in.ts";

test("messages arrive in their order with key, attributes and JSON", async () => {
  const { endpoint, published } = await startTopicStandIn();
  const topic = createTopic({ projectId: "p", name: "t", endpoint });
  await topic.publish([{ data: { seq: 1, text: "ü" }, orderingKey: "k" }, { attributes: { userId: "u" } }]);
  await topic.publish([]);
  const common = { topic: "projects/p/topics/t" };
  expect(published).toEqual([
    { ...common, data: { seq: 1, text: "ü" }, orderingKey: "k", attributes: undefined },
    { ...common, data: undefined, orderingKey: undefined, attributes: { userId: "u" } },
  ]);
});

test("a refusal and a topic that does not answer are told with their reason", async () => {
  const { endpoint, refuse } = await startTopicStandIn();
  refuse(403);
  const topic = createTopic({ projectId: "p", name: "t", endpoint });
  const failure = await topic.publish([{}]).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(TopicUnavailableError);
  expect(failure).toMatchObject({
    topic: "projects/p/topics/t",
    cause: { message: /^403: .*no such topic/ },
  });
  const nowhere = createTopic({ projectId: "p", name: "t", endpoint: "http://127.0.0.1:9" });
  await expect(nowhere.publish([{}])).rejects.toThrow(TopicUnavailableError);
});

test("there are topics where the stores are Google's own, or a stand-in is named; else none", () => {
  const config = { projectId: "p", storageEndpoint: undefined, pubsubEndpoint: undefined };
  const bucket = { kind: "bucket", bucket: "records" } as const;
  const folder = { kind: "folder", folder: "/records" } as const;
  const standIn = "http://127.0.0.1:8085";
  expect(createEventTopics({ ...config, recordsStore: bucket })).toBeDefined();
  expect(createEventTopics({ ...config, recordsStore: bucket, storageEndpoint: standIn })).toBeUndefined();
  expect(createEventTopics({ ...config, recordsStore: folder })).toBeUndefined();
  expect(createEventTopics({ ...config, recordsStore: folder, pubsubEndpoint: standIn })).toBeDefined();
});

test("maintenance publishes what is left over, once; a dry run counts it; a refusal is a failure", async () => {
  const service = await createPhotoServer();
  await upload(service, await quarters().webp().toBuffer());
  const { endpoint, published, refuse } = await startTopicStandIn();
  const topic = createTopic({ projectId: "p", name: "imgstream-published", endpoint });
  const ground = { ...service, records: await wholeRecords(service), published: topic };
  const counted = await publish({ ...ground, isDryRun: true });
  expect(counted["people"]).toBe(1);
  expect(counted["published_events"]).toBeGreaterThan(1);
  expect(published).toEqual([]);
  refuse(503);
  await expect(publish(ground)).rejects.toThrow("1 people's events could not be published");
  refuse(undefined);
  expect(await publish(ground)).toEqual(counted);
  expect(published).toHaveLength(counted["published_events"] ?? 0);
  expect(published.map(({ data }) => data)).toContainEqual(expect.objectContaining({ kind: "photo-added" }));
  expect(await publish(ground)).toEqual({ people: 1, published_events: 0 });
  expect(await publish({ ...service, published: undefined })).toEqual({ people: 0, published_events: 0 });
});
