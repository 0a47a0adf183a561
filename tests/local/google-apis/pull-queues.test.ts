import { afterAll, beforeAll, expect, test } from "vitest";
import { objectsAt, textAt } from "../../../local/google-apis/engine/json.ts";
import type { StandIn } from "../../../local/google-apis/stand-in.ts";
import { type Ask, openStandIn } from "./caller.ts";

const project = "/pubsub/v1/projects/imgstream-dev";
const topic = "projects/imgstream-dev/topics/ticks";
let now = Date.parse("2026-11-27T08:00:00Z");
let standIn: StandIn;
let ask: Ask;

beforeAll(async () => {
  ({ standIn, ask } = await openStandIn({ clock: () => new Date(now) }));
  await ask("PUT", `${project}/topics/ticks`, {});
  await ask("PUT", `${project}/subscriptions/slow`, { topic, ackDeadlineSeconds: 30 });
  const messages = ["one", "two", "three"].map((data) => ({ data: Buffer.from(data).toString("base64") }));
  await ask("POST", `${project}/topics/ticks:publish`, { messages });
});

afterAll(() => standIn.close());

async function pull(maxMessages: number): Promise<{ said: string[]; ackIds: string[] }> {
  const { body } = await ask("POST", `${project}/subscriptions/slow:pull`, { maxMessages });
  const received = objectsAt(body, "receivedMessages");
  return {
    said: received.map((one) => Buffer.from(textAt(one, "message.data"), "base64").toString("utf8")),
    ackIds: received.map((one) => textAt(one, "ackId")),
  };
}

test("a message is held by who pulled it until it is acknowledged, given back or the deadline is over", async () => {
  const first = await pull(2);
  expect(first.said).toEqual(["one", "two"]);
  expect((await pull(10)).said).toEqual(["three"]);
  expect((await pull(10)).said).toEqual([]);

  await ask("POST", `${project}/subscriptions/slow:acknowledge`, { ackIds: first.ackIds.slice(0, 1) });
  const back = { ackIds: first.ackIds.slice(1), ackDeadlineSeconds: 0 };
  await ask("POST", `${project}/subscriptions/slow:modifyAckDeadline`, back);
  expect((await pull(10)).said).toEqual(["two"]);

  now += 30_000;
  const again = await pull(10);
  expect(again.said).toEqual(["two", "three"]);
  // A name of an earlier delivery does nothing any more.
  await ask("POST", `${project}/subscriptions/slow:acknowledge`, { ackIds: back.ackIds });
  await ask("POST", `${project}/subscriptions/slow:acknowledge`, { ackIds: again.ackIds });
  now += 30_000;
  expect((await pull(10)).said).toEqual([]);
});

test("nothing can be pulled where it is pushed, and nothing by who may not consume", async () => {
  const pushConfig = { pushEndpoint: "https://photos.example.com/events" };
  await ask("PUT", `${project}/subscriptions/pushed`, { topic, pushConfig });
  const pushed = await ask("POST", `${project}/subscriptions/pushed:pull`, { maxMessages: 1 });
  expect(pushed).toMatchObject({ status: 400, message: expect.stringContaining("not supported") as string });
  const none = await ask("POST", `${project}/subscriptions/none:pull`, { maxMessages: 1 });
  expect(none.status).toBe(404);
  const token = standIn.world.tokens.issue("user:somebody@example.com");
  const refused = await ask("POST", `${project}/subscriptions/slow:pull`, { maxMessages: 1 }, token);
  expect(refused).toMatchObject({
    status: 403,
    message: expect.stringContaining("pubsub.subscriptions.consume") as string,
  });
});
