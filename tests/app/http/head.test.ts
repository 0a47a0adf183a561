import { expect, test } from "vitest";
import { createTestServer } from "../test-server.ts";

test.each(["/health/ready", "/", "/openapi.json"])(
  "HEAD of %s tells what GET would send, and sends nothing",
  async (url) => {
    const { server, headersOf } = await createTestServer();
    const headers = await headersOf();
    const whole = await server.inject({ url, headers });
    const head = await server.inject({ url, headers, method: "HEAD" });
    expect([whole.statusCode, head.statusCode, head.body]).toEqual([200, 200, ""]);
    for (const name of ["content-type", "content-length", "etag"]) {
      expect(head.headers[name]).toEqual(whole.headers[name]);
    }
    expect(Number(whole.headers["content-length"])).toBe(whole.rawPayload.byteLength);
    await server.close();
  },
);

test("HEAD is logged as HEAD, and refused as such where there is no GET", async () => {
  const { server, headersOf, lines } = await createTestServer();
  const headers = await headersOf();
  await server.inject({ url: "/openapi.json", headers, method: "HEAD" });
  expect(lines).toContainEqual(
    expect.objectContaining({ method: "HEAD", route: "/openapi.json", status: 200 }),
  );
  const refused = await server.inject({
    url: "/v1/users/me/activity/1/undo",
    headers,
    method: "HEAD",
  });
  expect([refused.statusCode, refused.headers["allow"], refused.body]).toEqual([405, "POST", ""]);
  await server.close();
});
