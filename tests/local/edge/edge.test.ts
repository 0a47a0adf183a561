import { request as openRequest } from "node:http";
import { expect, test } from "vitest";
import { PortTakenError } from "../../../local/edge/edge.ts";
import { signIn, startEdgeWithApp } from "./edge-with-app.ts";

function statusFor(origin: string, host: string, path = "/"): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    openRequest(origin, { headers: { host }, path }, (reply) => resolve(reply.resume().statusCode))
      .on("error", reject)
      .end();
  });
}

test("the page's files need no signing in and may be kept forever", async () => {
  const edge = await startEdgeWithApp((_request, response) => response.end("the app"));
  const reply = await fetch(`${edge.origin}/assets/main-ABCDEFGH.js`);
  expect(await reply.text()).toBe("let page;");
  expect(reply.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  expect(reply.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  const etag = reply.headers.get("etag") ?? "";
  const again = await fetch(`${edge.origin}/assets/main-ABCDEFGH.js`, { headers: { "if-none-match": etag } });
  expect(again.status).toBe(304);
});

test.each(["/assets/", "/assets/none.js", "/assets/..%2f..%2fedge/session-key", "/assets/.hidden"])(
  "%s is 404 and never reaches the app",
  async (path) => {
    const edge = await startEdgeWithApp((_request, response) => response.end("the app"));
    expect(await statusFor(edge.origin, "localhost", path)).toBe(404);
  },
);

test("files can be read only", async () => {
  const edge = await startEdgeWithApp((_request, response) => response.end("the app"));
  const reply = await fetch(`${edge.origin}/assets/main-ABCDEFGH.js`, { method: "DELETE" });
  expect([reply.status, reply.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test("only the names of this machine are answered", async () => {
  const edge = await startEdgeWithApp((_request, response) => response.end());
  expect(await statusFor(edge.origin, "evil.example")).toBe(421);
  expect(await statusFor(edge.origin, "localhost.evil.example:8080")).toBe(421);
  expect(await statusFor(edge.origin, "127.0.0.1:8080")).toBe(302);
  expect(await statusFor(edge.origin, "localhost", "http://evil.example/")).toBe(421);
});

test("a taken port is said with the way out", async () => {
  const edge = await startEdgeWithApp((_request, response) => response.end());
  const port = Number(new URL(edge.origin).port);
  const second = startEdgeWithApp((_request, response) => response.end(), { port });
  await expect(second).rejects.toThrow(PortTakenError);
  await expect(second).rejects.toThrow(`npm start -- --port ${port + 10}`);
});

test("closing does not wait for open streams", async () => {
  const edge = await startEdgeWithApp((_request, response) => void response.write("forever"));
  const stream = await fetch(edge.origin, { headers: { cookie: await signIn(edge) } });
  await edge.close();
  await expect(stream.text()).rejects.toThrow("terminated");
});
