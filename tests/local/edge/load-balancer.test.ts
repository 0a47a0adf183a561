import { type IncomingHttpHeaders, type ServerResponse, request as openRequest } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { maximumRequestBytes } from "../../../local/edge/load-balancer.ts";
import { signIn, startEdgeWithApp } from "./edge-with-app.ts";

test("method, path, headers and body reach the app as they were sent, and its answer comes back", async () => {
  const edge = await startEdgeWithApp((request, response) => {
    const { method, url, headers } = request;
    response.writeHead(207, "Several", { "x-answer": "yes", "set-cookie": ["a=1", "b=2"] });
    response.write(`${method} ${url} ${String(headers["x-question"])} `);
    request.pipe(response);
  });
  const reply = await fetch(`${edge.origin}/v1/photos/%C3%A9?a=%20b`, {
    method: "PUT",
    headers: { cookie: await signIn(edge), "x-question": "why" },
    body: "because",
  });
  expect([reply.status, reply.statusText, reply.headers.get("x-answer")]).toEqual([207, "Several", "yes"]);
  expect(reply.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(await reply.text()).toBe("PUT /v1/photos/%C3%A9?a=%20b why because");
});

test("no client can set a header that only Google sets", async () => {
  let received: IncomingHttpHeaders = {};
  const edge = await startEdgeWithApp((request, response) => {
    received = request.headers;
    response.end();
  });
  await fetch(`${edge.origin}/`, {
    headers: {
      cookie: await signIn(edge, "anna"),
      "x-goog-iap-jwt-assertion": "forged",
      "X-Goog-Authenticated-User-Email": "accounts.google.com:boss@example.com",
      "x-goog-anything": "else",
      "x-forwarded-for": "203.0.113.9",
      "x-forwarded-proto": "https",
    },
  });
  expect(received["x-goog-iap-jwt-assertion"]).toMatch(/^ey/);
  expect(received["x-goog-authenticated-user-email"]).toBe("accounts.google.com:anna@example.com");
  expect(received["x-goog-anything"]).toBeUndefined();
  expect(received["x-forwarded-for"]).toMatch(/^203\.0\.113\.9, (::1|127\.0\.0\.1), 127\.0\.0\.1$/);
  expect(received["x-forwarded-proto"]).toBe("http");
  expect(received["x-cloud-trace-context"]).toMatch(/^[0-9a-f]{32}\/\d+;o=0$/);
});

test("an event stream's head and events come as they are written", async () => {
  const opened = Promise.withResolvers<ServerResponse>();
  const edge = await startEdgeWithApp((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    opened.resolve(response);
  });
  const reply = await fetch(`${edge.origin}/v1/events`, { headers: { cookie: await signIn(edge) } });
  const reader = reply.body?.getReader();
  for (const event of ["data: 1\n\n", "data: 2\n\n"]) {
    (await opened.promise).write(event);
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(event);
  }
  await reader?.cancel();
});

test("an upload reaches the app while it is still being sent", async () => {
  const arrived = Promise.withResolvers<string>();
  const edge = await startEdgeWithApp((request, response) => {
    request.once("data", (chunk: Buffer) => arrived.resolve(chunk.toString()));
    request.on("end", () => response.end("whole"));
  });
  const cookie = await signIn(edge);
  const upload = openRequest(edge.origin, { method: "POST", headers: { cookie } });
  upload.write("first");
  expect(await arrived.promise).toBe("first");
  const answered = new Promise<number | undefined>((resolve) =>
    upload.on("response", (reply) => resolve(reply.resume().statusCode)),
  );
  upload.end("second");
  expect(await answered).toBe(200);
});

test("an answer that comes before the upload's end reaches the client, who may send on", async () => {
  const edge = await startEdgeWithApp((_request, response) => {
    response.writeHead(413).end("too large");
  });
  const reply = await fetch(`${edge.origin}/`, {
    method: "POST",
    headers: { cookie: await signIn(edge) },
    body: new Uint8Array(8 * 1024 * 1024),
  });
  expect([reply.status, await reply.text()]).toEqual([413, "too large"]);
});

test("a client that leaves ends the app's work as well", async () => {
  const gone = Promise.withResolvers<boolean>();
  const edge = await startEdgeWithApp((_request, response) => {
    response.on("close", () => gone.resolve(response.writableFinished));
    response.write("begun");
  });
  const leaving = new AbortController();
  await fetch(`${edge.origin}/`, { headers: { cookie: await signIn(edge) }, signal: leaving.signal });
  leaving.abort();
  expect(await gone.promise).toBe(false);
});

test("an upload that was answered before its end is not left open at the app", async () => {
  const gone = Promise.withResolvers<boolean>();
  const edge = await startEdgeWithApp((request, response) => {
    request.socket.on("close", () => gone.resolve(request.complete));
    request.resume();
    response.writeHead(413).end("too large");
  });
  const headers = { cookie: await signIn(edge), "content-length": 1_000_000 };
  const upload = openRequest(edge.origin, { method: "POST", headers });
  upload.on("error", () => undefined);
  upload.write("the beginning");
  expect(await gone.promise).toBe(false);
  upload.destroy();
});

test("connections to the app are kept and used again, also after the app closed one", async () => {
  const sockets = new Set<unknown>();
  const edge = await startEdgeWithApp((request, response) => {
    sockets.add(request.socket);
    response.end();
    if (request.url === "/close") response.on("finish", () => setImmediate(() => request.socket.destroy()));
  });
  const headers = { cookie: await signIn(edge) };
  for (let turn = 0; turn < 3; turn += 1) await (await fetch(`${edge.origin}/`, { headers })).text();
  expect(sockets.size).toBe(1);
  await (await fetch(`${edge.origin}/close`, { headers })).text();
  expect((await fetch(`${edge.origin}/`, { headers })).status).toBe(200);
});

test.each([
  ["declared", false],
  ["undeclared", true],
])("a request over 32 MiB of %s length gets 413", async (_name, chunked) => {
  const edge = await startEdgeWithApp((request, response) => {
    request.on("data", () => undefined).on("end", () => response.end());
  });
  const headers = { cookie: await signIn(edge) };
  const size = maximumRequestBytes + 1;
  const piece = new Uint8Array(1024 * 1024);
  const body = chunked ? ReadableStream.from(Array.from({ length: 33 }, () => piece)) : new Uint8Array(size);
  const reply = await fetch(`${edge.origin}/`, {
    method: "POST",
    headers,
    body,
    duplex: "half",
  });
  expect(reply.status).toBe(413);
});

test("while there is no app, people see a page that tries again and programs a line of text", async () => {
  const edge = await startEdgeWithApp((_request, response) => response.end(), { appOrigin: () => undefined });
  const cookie = await signIn(edge);
  const page = await fetch(`${edge.origin}/`, { headers: { cookie, accept: "text/html" } });
  expect([page.status, page.headers.get("refresh"), page.headers.get("retry-after")]).toEqual([
    503,
    "1",
    "1",
  ]);
  expect(await page.text()).toContain("The photo service is starting");
  const line = await fetch(`${edge.origin}/v1/photos`, { headers: { cookie } });
  expect([line.status, line.headers.get("content-type"), line.headers.get("refresh")]).toEqual([
    503,
    "text/plain; charset=utf-8",
    null,
  ]);
});

test("an app that is gone is 503, one that breaks off is 502, one that stays silent is 504", async () => {
  const refusing = await startEdgeWithApp((_request, response) => response.end(), {
    appOrigin: () => "http://127.0.0.1:1",
  });
  expect((await fetch(refusing.origin, { headers: { cookie: await signIn(refusing) } })).status).toBe(503);
  const breaking = await startEdgeWithApp((request) => request.socket.destroy());
  expect((await fetch(breaking.origin, { headers: { cookie: await signIn(breaking) } })).status).toBe(502);
  const silent = await startEdgeWithApp(() => undefined, { timeoutSeconds: 0.05 });
  expect((await fetch(silent.origin, { headers: { cookie: await signIn(silent) } })).status).toBe(504);
});

test("an app that breaks off in the middle of its answer breaks the client's answer off", async () => {
  const edge = await startEdgeWithApp((request, response) => {
    response.writeHead(200, { "content-length": 10 });
    response.write("half");
    void wait(20).then(() => request.socket.destroy());
  });
  const reply = await fetch(edge.origin, { headers: { cookie: await signIn(edge) } });
  await expect(reply.text()).rejects.toThrow("terminated");
});
