import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { createDeadLetters } from "../../app/events/dead-letters.ts";
import { run } from "./command.ts";

interface Kept {
  readonly message: Record<string, unknown>;
  isHeld: boolean;
}

/** What Pub/Sub does with pulls, acknowledgements and publishing. */
async function startPubsub(letters: readonly Record<string, unknown>[]) {
  const kept = new Map<string, Kept>(
    letters.map((message, index) => [`ack-${index}`, { message, isHeld: false }]),
  );
  const published: { topic: string; message: unknown }[] = [];
  const failing = new Set<string>();
  const answer = (path: string, body: Record<string, unknown>): object | undefined => {
    const action = path.slice(path.lastIndexOf("/") + 1);
    const ackIds = (body["ackIds"] ?? []) as string[];
    if (failing.has(action)) return undefined;
    if (action === "imgstream-dead:pull") {
      const free = Array.from(kept)
        .filter(([, { isHeld }]) => !isHeld)
        .slice(0, 2);
      for (const [, one] of free) one.isHeld = true;
      return free.length === 0
        ? {}
        : { receivedMessages: free.map(([ackId, { message }]) => ({ ackId, message })) };
    }
    if (action === "imgstream-dead:acknowledge") {
      for (const id of ackIds) kept.delete(id);
      return {};
    }
    if (action === "imgstream-dead:modifyAckDeadline") {
      for (const id of ackIds) Object.assign(kept.get(id) ?? {}, { isHeld: false });
      return {};
    }
    if (action === "uploads-to-worker") return { topic: "projects/imgstream-dev/topics/imgstream-uploads" };
    if (action !== "imgstream-uploads:publish") return undefined;
    for (const message of body["messages"] as unknown[]) published.push({ topic: path, message });
    return { messageIds: ["1"] };
  };
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const reply = answer(request.url ?? "", body === "" ? {} : JSON.parse(body));
      response.writeHead(reply === undefined ? 500 : 200).end(JSON.stringify(reply ?? { error: "away" }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = (...words: string[]) =>
    run("letters", ...words, "--project", "imgstream-dev", "--pubsub", endpoint);
  return { kept, published, failing, endpoint, ask };
}

function letter(
  number: number,
  source: string | undefined = "uploads-to-worker",
  publishTime = "2026-11-23T08:00:00Z",
) {
  const said = source === undefined ? {} : { CloudPubSubDeadLetterSourceSubscription: source };
  return {
    messageId: `m${number}`,
    publishTime,
    data: "e30=",
    orderingKey: "person",
    attributes: {
      objectId: `temp/processing/u/${number}`,
      CloudPubSubDeadLetterSourceDeliveryCount: "10",
      ...said,
    },
  };
}

test("the list shows each and takes none away", async () => {
  const { ask, kept } = await startPubsub([letter(1), letter(2), letter(3)]);
  const { code, lines } = await ask("list");
  expect(code).toBe(1);
  expect(lines).toHaveLength(4);
  expect(lines[0]).toBe("2026-11-23T08:00:00Z  m1  uploads-to-worker, tried 10 times: temp/processing/u/1");
  expect(lines[3]).toBe("3 messages");
  expect(Array.from(kept.values(), ({ isHeld }) => isHeld)).toEqual([false, false, false]);
});

test("replay publishes each as it was to its topic, and takes it out; again there is nothing to do", async () => {
  const { ask, kept, published } = await startPubsub([letter(1), letter(2), letter(3)]);
  expect(await ask("replay")).toMatchObject({ code: 0, lines: { 3: "3 messages published again, 0 left." } });
  expect(kept.size).toBe(0);
  expect(published.map(({ topic }) => topic)).toEqual(
    Array.from({ length: 3 }, () => "/v1/projects/imgstream-dev/topics/imgstream-uploads:publish"),
  );
  expect(published[0]?.message).toEqual({
    data: "e30=",
    orderingKey: "person",
    attributes: { objectId: "temp/processing/u/1" },
  });
  expect(await ask("replay")).toMatchObject({ code: 0, text: "0 messages published again, 0 left." });
});

test("what cannot be published stays, is said, and can be pulled at once", async () => {
  const { ask, kept, failing, published } = await startPubsub([letter(1), letter(2, "")]);
  failing.add("imgstream-uploads:publish");
  const { code, text: words, complaint } = await ask("replay");
  expect([code, words]).toEqual([1, "0 messages published again, 2 left."]);
  expect(complaint).toMatch(/^m1 stays: .*500/);
  expect(kept.size).toBe(2);
  failing.clear();
  expect((await ask("replay")).text).toMatch(/1 message published again, 1 left\.$/);
  expect(published).toHaveLength(1);
});

test("a topic that could not be looked up for one message is looked up again for the next", async () => {
  const { endpoint, failing, published } = await startPubsub([letter(1), letter(2)]);
  const letters = createDeadLetters({
    projectId: "imgstream-dev",
    subscription: "imgstream-dead",
    endpoint,
  });
  const [first, second] = await letters.pull();
  if (first === undefined || second === undefined) throw new Error("two were put aside");
  failing.add("uploads-to-worker");
  await expect(letters.publishAgain(first)).rejects.toThrow(/answered 500/);
  failing.clear();
  await letters.publishAgain(second);
  expect(published).toHaveLength(1);
});

test("a replay that was stopped after publishing loses nothing: the message comes twice", async () => {
  const { ask, kept, failing, published } = await startPubsub([letter(1)]);
  failing.add("imgstream-dead:acknowledge");
  expect((await ask("replay")).code).toBe(1);
  expect(kept.size).toBe(1);
  failing.clear();
  expect((await ask("replay")).code).toBe(0);
  expect([kept.size, published.length]).toEqual([0, 2]);
});

test("what is put aside since the replay began is left, so that it comes to an end", async () => {
  const { ask, kept, published } = await startPubsub([
    letter(1, "uploads-to-worker", "2999-01-01T00:00:00Z"),
  ]);
  expect((await ask("replay")).text).toBe("0 messages published again, 1 left.");
  expect([kept.size, published.length]).toEqual([1, 0]);
});

test.each([
  { words: ["letters"], complaint: /expected 'letters' and list or replay/ },
  { words: ["letters", "burn", "--project", "imgstream-dev"], complaint: /list or replay, got 'burn'/ },
  { words: ["letters", "list"], complaint: /needs --project/ },
  {
    words: ["letters", "list", "--project", "imgstream-dev", "--subscription", "a/b"],
    complaint: /--subscription must be/,
  },
  {
    words: ["letters", "list", "--project", "imgstream-dev", "--pubsub", "http://evil.example:1"],
    complaint: /stand-in of this machine/,
  },
  { words: ["letters", "list", "--all"], complaint: /--help/ },
])("$words is refused with what is expected", async ({ words, complaint }) => {
  const outcome = await run(...words);
  expect(outcome.code).toBe(2);
  expect(outcome.complaint).toMatch(complaint);
});

test("a Pub/Sub that does not answer is said", async () => {
  const { ask, failing } = await startPubsub([]);
  failing.add("imgstream-dead:pull");
  expect(await ask("replay")).toMatchObject({
    code: 3,
    complaint: expect.stringMatching(/^Not finished: .*500/),
  });
});
