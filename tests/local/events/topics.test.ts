import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type IncomingMessage, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { createLocalJWKSet } from "jose";
import { expect, onTestFinished, test } from "vitest";
import { catalogEvent } from "../../../app/events/catalog-event.ts";
import { createPushVerifier } from "../../../app/events/push-verifier.ts";
import { createTopic, TopicUnavailableError } from "../../../app/events/topic.ts";
import { localEvents } from "../../../local/events/local-events.ts";
import { createPushTokens } from "../../../local/events/push-token.ts";
import { startLocalTopics } from "../../../local/events/topics.ts";

async function createGround(statusOf: (count: number) => number) {
  const folder = mkdtempSync(join(tmpdir(), "imgstream-topics-"));
  const received: { url: string | undefined; authorization: string | undefined; userId: string }[] = [];
  const worker = createServer((request: IncomingMessage, response) => {
    void json(request).then((body) => {
      const { message } = body as { message: { attributes: { userId: string } } };
      const { url, headers } = request;
      received.push({ url, authorization: headers.authorization, userId: message.attributes.userId });
      response.writeHead(statusOf(received.length)).end();
    });
  });
  await new Promise<void>((resolve) => worker.listen(0, "127.0.0.1", resolve));
  const tokens = await createPushTokens();
  const publishedFile = join(folder, "published.jsonl");
  const topics = await startLocalTopics({
    tokens,
    publishedFile,
    firstRetryMilliseconds: 20,
    workerOrigin: () => `http://127.0.0.1:${(worker.address() as AddressInfo).port}`,
  });
  onTestFinished(async () => {
    await topics.close();
    worker.closeAllConnections();
    await new Promise((resolve) => worker.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });
  const topic = (name: string) =>
    createTopic({ projectId: "imgstream-local", name, endpoint: topics.endpoint });
  return { tokens, topic, received, publishedFile };
}

test("a change of a catalog is pushed until the worker takes it, with a token that it believes", async () => {
  const { tokens, topic, received } = await createGround((count) => (count < 3 ? 503 : 204));
  await topic("imgstream-catalog").publish([catalogEvent("person")]);
  await expect.poll(() => received.length, { timeout: 5000 }).toBe(3);
  expect(received[2]).toMatchObject({ url: "/events/catalog", userId: "person" });
  const keySet = createLocalJWKSet({ keys: [...tokens.keySet.keys] as never });
  await createPushVerifier({ ...localEvents, keySet }).verify(received[2]?.authorization);
});

test("what the warehouse gets is kept in the order in which it was published", async () => {
  const { topic, publishedFile } = await createGround(() => 204);
  const published = topic("imgstream-published");
  await published.publish([{ data: { seq: 1 } }, { data: { seq: 2 } }]);
  await published.publish([{ data: { seq: 3 } }]);
  expect(readFileSync(publishedFile, "utf8")).toBe('{"seq":1}\n{"seq":2}\n{"seq":3}\n');
});

test("a topic that the stack does not have is refused", async () => {
  const { topic } = await createGround(() => 204);
  await expect(topic("imgstream-other").publish([{ data: {} }])).rejects.toThrow(TopicUnavailableError);
});
