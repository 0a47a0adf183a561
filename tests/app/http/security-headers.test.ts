import { expect, test } from "vitest";
import { createTestServer } from "../test-server.ts";

test("every reply carries the headers, problems and unknown addresses included", async () => {
  const { server, headersOf } = await createTestServer();
  server.get("/v1/breaks", async () => {
    throw new Error("broken");
  });
  const headers = await headersOf();
  for (const [url, signedIn] of [
    ["/", true],
    ["/v1/breaks", true],
    ["/nowhere", true],
    ["/v1/users/me", false],
    ["/health/live", false],
    ["/%E0%A4%A", true],
  ] as const) {
    const reply = await server.inject({ url, headers: signedIn ? headers : {} });
    expect(reply.headers, `${url} ${reply.statusCode}`).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin-allow-popups",
      "cross-origin-resource-policy": "same-origin",
      "strict-transport-security": "max-age=31536000",
      "content-security-policy": expect.stringContaining("default-src 'none'"),
      "cache-control": expect.stringContaining("private"),
    });
    expect(reply.headers).not.toHaveProperty("access-control-allow-origin");
    expect(reply.headers).not.toHaveProperty("x-powered-by");
  }
  await server.close();
});

test("data is sandboxed, the page may run its own files and nothing inline", async () => {
  const { server, headersOf } = await createTestServer();
  const page = await server.inject({ url: "/", headers: await headersOf() });
  const policy = String(page.headers["content-security-policy"]);
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  const data = await server.inject({ url: "/openapi.json", headers: await headersOf() });
  expect(data.headers["content-security-policy"]).toMatch(/sandbox$/);
  await server.close();
});

test("a machine's own http origin is not told to use https", async () => {
  const { server, headersOf } = await createTestServer({ publicOrigin: "http://localhost:8080" });
  const reply = await server.inject({ url: "/", headers: await headersOf() });
  expect(reply.headers).not.toHaveProperty("strict-transport-security");
  await server.close();
});
