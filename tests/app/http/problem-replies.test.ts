import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { problemTable } from "../../../app/http/problem-table.ts";
import { OutcomeUnknownError } from "../../../app/storage/object-store.ts";
import { createTestServer } from "../test-server.ts";
import type { TestServer } from "../test-server.ts";

let running: TestServer;

beforeEach(async () => {
  running = await createTestServer();
});

afterEach(() => running.server.close());

async function ask(
  url: string,
  options: { method?: "GET" | "POST" | "DELETE"; body?: string; type?: string } = {},
) {
  return running.server.inject({
    url,
    method: options.method ?? "GET",
    headers: {
      ...(await running.headersOf()),
      ...(options.type !== undefined && { "content-type": options.type }),
    },
    ...(options.body !== undefined && { payload: options.body }),
  });
}

test("what is our fault is answered in words of the table, never in the error's", () => {
  const speaking = Object.entries(problemTable).filter(
    ([, kind]) => kind.status >= 500 && !("detail" in kind),
  );
  expect(speaking).toEqual([]);
});

test("an error that nobody expected is a 500 that names only the line in the log", async () => {
  running.server.get("/v1/breaks", async () => {
    throw new Error("password is hunter2", { cause: new TypeError("inner") });
  });
  const reply = await ask("/v1/breaks");
  expect(reply.statusCode).toBe(500);
  expect(reply.headers["content-type"]).toBe("application/problem+json");
  expect(reply.body).not.toMatch(/hunter2|inner|Error|\.ts/);
  const problem = reply.json();
  expect(problem).toEqual({
    type: "urn:imgstream:problem:internal",
    title: "Something went wrong on our side",
    status: 500,
    detail: "It has been recorded under the correlation id.",
    code: "internal",
    correlation_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  const line = running.lines.find(({ code }) => code === "internal");
  expect(line).toMatchObject({
    severity: "ERROR",
    correlation_id: problem.correlation_id,
    err: { type: "Error", message: "password is hunter2", cause: { type: "TypeError", message: "inner" } },
    stack_trace: expect.stringContaining("problem-replies.test.ts"),
  });
});

test("what is thrown and is no error is a 500 as well", async () => {
  running.server.get("/v1/breaks", async () => {
    // oxlint-disable-next-line typescript/only-throw-error -- what this test is about
    throw { statusCode: 418, code: "not-found" };
  });
  expect((await ask("/v1/breaks")).statusCode).toBe(500);
});

test("a library's error does not choose its status", async () => {
  running.server.get("/v1/breaks", async () => {
    throw Object.assign(new Error("no such bucket: secret-name"), { statusCode: 404, code: 404 });
  });
  const reply = await ask("/v1/breaks");
  expect(reply.statusCode).toBe(500);
  expect(reply.body).not.toContain("secret-name");
});

test("an error of a room is answered as the table says, with when to come again", async () => {
  running.server.get("/v1/breaks", async () => {
    throw new OutcomeUnknownError("catalog/x/log/7.json");
  });
  const reply = await ask("/v1/breaks");
  expect(reply.statusCode).toBe(503);
  expect(reply.headers["retry-after"]).toBe("2");
  expect(reply.json()).toMatchObject({ code: "outcome-unknown" });
  expect(reply.body).not.toContain("log/7");
});

test("an unknown address is 404, a known one with another method 405 that says which", async () => {
  expect((await ask("/v1/nothing?x=1")).json()).toMatchObject({ code: "not-found", status: 404 });
  const reply = await ask("/v1/users/me/usage?x=1", { method: "DELETE" });
  expect(reply.json()).toMatchObject({
    code: "method-not-allowed",
    status: 405,
    detail: "This address takes GET, HEAD, not DELETE.",
  });
  expect(reply.headers["allow"]).toBe("GET, HEAD");
  expect((await ask("/p/0190-x", { method: "DELETE" })).statusCode).toBe(405);
  expect((await ask("/p/0190-x/y", { method: "DELETE" })).statusCode).toBe(404);
});

describe("a body", () => {
  beforeEach(() => {
    running.server.post("/v1/echo", async ({ body }) => ({ body }));
  });

  test.each([
    ["that is no JSON", 400, "body-not-json", "application/json", "{"],
    ["that is empty", 400, "body-not-json", "application/json", ""],
    ["that would pollute a prototype", 400, "body-not-json", "application/json", '{"__proto__":{"x":1}}'],
    ["of an unknown type", 415, "media-type-unsupported", "application/x-mystery", "x"],
    ["that is too large", 413, "body-too-large", "application/json", `"${"x".repeat(1024 * 1024)}"`],
  ])("%s is %i %s", async (_which, status, code, type, body) => {
    const reply = await ask("/v1/echo", { method: "POST", type, body });
    expect(reply.json()).toMatchObject({ status, code, type: `urn:imgstream:problem:${code}` });
    expect(reply.statusCode).toBe(status);
  });
});

test("an address that is not percent-encoded, or too long, is refused as a problem", async () => {
  expect((await ask("/p/%E0%A4%A")).json()).toMatchObject({ status: 400, code: "request-invalid" });
  expect((await ask(`/p/${"x".repeat(201)}`)).json()).toMatchObject({
    status: 414,
    code: "address-too-long",
  });
});

test("bytes that are not HTTP are answered with a problem and the connection ends", async () => {
  await running.server.listen({ port: 0, host: "127.0.0.1" });
  const { port } = running.server.server.address() as AddressInfo;
  const say = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => socket.write(text));
      let answer = "";
      socket.on("data", (chunk) => (answer += String(chunk)));
      socket.on("close", () => resolve(answer));
      socket.on("error", reject);
    });
  const garbage = await say("this is not HTTP\r\n\r\n");
  expect(garbage).toMatch(/^HTTP\/1.1 400 /);
  expect(garbage).toContain("content-type: application/problem+json");
  expect(garbage).toContain('"code":"request-invalid"');
  const heavy = await say(`GET / HTTP/1.1\r\nhost: x\r\ncookie: ${"x".repeat(70_000)}\r\n\r\n`);
  expect(heavy).toMatch(/^HTTP\/1.1 431 /);
  expect(heavy).toContain('"code":"headers-too-large"');
});
