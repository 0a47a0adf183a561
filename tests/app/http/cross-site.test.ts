import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestServer, testOrigin } from "../test-server.ts";
import type { TestServer } from "../test-server.ts";

let running: TestServer;
let writes = 0;

beforeAll(async () => {
  running = await createTestServer();
  for (const method of ["POST", "PUT", "PATCH", "DELETE"] as const) {
    running.server.route({ method, url: "/v1/things", handler: async () => ({ writes: (writes += 1) }) });
  }
  running.server.get("/v1/things", async () => ({ things: [] }));
});

afterAll(() => running.server.close());

async function send(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", headers: Record<string, string>) {
  const { "x-requested-with": _own, ...identity } = await running.headersOf();
  return running.server.inject({ url: "/v1/things", method, headers: { ...identity, ...headers } });
}

const ours = { "x-requested-with": "XMLHttpRequest" };

describe.each(["POST", "PUT", "PATCH", "DELETE"] as const)("%s", (method) => {
  test.each([
    ["a form of another site", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    ["a script of another site", { ...ours, "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    ["a sibling site", { ...ours, "sec-fetch-site": "same-site", origin: "https://evil.example.com" }],
    ["an old browser elsewhere", { ...ours, origin: "https://evil.example" }],
    ["a sandboxed frame", { ...ours, origin: "null" }],
    ["our origin over plain HTTP", { ...ours, origin: "http://photos.example.com" }],
    ["a form of an old browser, without origin", {}],
    ["another custom header", { "x-requested-with": "fetch" }],
  ])("from %s is refused before anything is done", async (_who, headers) => {
    const before = writes;
    const reply = await send(method, headers);
    expect(reply.statusCode).toBe(403);
    expect(reply.json()).toMatchObject({ code: "cross-site-request" });
    expect(writes).toBe(before);
  });

  test.each([
    ["the page", { ...ours, "sec-fetch-site": "same-origin", origin: testOrigin }],
    ["a program", ours],
    ["a person's own doing", { ...ours, "sec-fetch-site": "none" }],
  ])("from %s is taken", async (_who, headers) => {
    expect((await send(method, headers)).statusCode).toBe(200);
  });
});

test("another site may link to us and not read or embed", async () => {
  expect(
    (await send("GET", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" })).statusCode,
  ).toBe(200);
  expect(
    (await send("GET", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" })).statusCode,
  ).toBe(403);
  expect((await send("GET", { "sec-fetch-site": "same-site", "sec-fetch-mode": "cors" })).statusCode).toBe(
    403,
  );
  expect((await send("GET", { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" })).statusCode).toBe(
    200,
  );
  expect((await send("GET", {})).statusCode).toBe(200);
});

test("who is not signed in learns 401, whatever else is wrong", async () => {
  const reply = await running.server.inject({
    url: "/v1/things",
    method: "POST",
    headers: { origin: "https://x.example" },
  });
  expect(reply.statusCode).toBe(401);
});
