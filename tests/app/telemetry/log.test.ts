import { expect, test } from "vitest";
import { traceFields } from "../../../app/telemetry/log.ts";
import { createTestServer } from "../test-server.ts";

test("a request is one line with the fields that Cloud Logging reads", async () => {
  const { server, lines, headersOf } = await createTestServer();
  const headers = {
    ...(await headersOf()),
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  };
  await server.inject({ url: "/p/0193-secret-photo?token=hunter2", headers });
  expect(lines).toEqual([
    {
      severity: "INFO",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      role: "web",
      version: "a-version",
      message: "GET /p/:photo 200",
      correlation_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      "logging.googleapis.com/trace": "projects/imgstream-test/traces/0af7651916cd43dd8448eb211c80319c",
      method: "GET",
      route: "/p/:photo",
      status: 200,
      latency_ms: expect.any(Number),
    },
  ]);
  await server.close();
});

test("health probes leave no line", async () => {
  const { server, lines } = await createTestServer();
  await server.inject("/health/live");
  await server.inject("/health/ready");
  expect(lines).toEqual([]);
  await server.close();
});

test("no secret of a request is ever in the log, whatever becomes of it", async () => {
  const { server, lines, headersOf } = await createTestServer();
  server.post("/v1/breaks", async ({ headers }) => {
    const error = Object.assign(new Error("library failed"), { request: { headers } });
    throw new Error("upload failed", { cause: error });
  });
  const signedIn = await headersOf();
  const headers = {
    ...signedIn,
    authorization: "Bearer hunter2-authorization",
    cookie: "GCP_IAAP_AUTH_TOKEN=hunter2-cookie",
    "content-type": "application/json",
  };
  await server.inject({
    url: "/v1/breaks?key=hunter2-query",
    method: "POST",
    headers,
    payload: '{"x":"hunter2-body"}',
  });
  await server.inject({ url: "/nowhere/hunter2-path?key=hunter2-query", headers });
  await server.inject({
    url: "/v1/users/me",
    headers: { ...headers, "x-goog-iap-jwt-assertion": "hunter2-assertion" },
  });
  const written = JSON.stringify(lines);
  expect(lines.length).toBeGreaterThan(4);
  expect(written).toContain("library failed");
  expect(written).not.toContain("hunter2");
  expect(written).not.toContain(signedIn["x-goog-iap-jwt-assertion"]);
  await server.close();
});

test.each([
  [
    { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
    "0af7651916cd43dd8448eb211c80319c",
  ],
  [{ "x-cloud-trace-context": "105445aa7843bc8bf206b12000100000/1;o=1" }, "105445aa7843bc8bf206b12000100000"],
  [{ "x-cloud-trace-context": "105445aa7843bc8bf206b12000100000" }, "105445aa7843bc8bf206b12000100000"],
  [{ traceparent: "garbage", "x-cloud-trace-context": '","severity":"x' }, undefined],
  [{}, undefined],
])("the trace of %j is %s", (headers, trace) => {
  const name = trace && `projects/p/traces/${trace}`;
  expect(traceFields(headers, "p")["logging.googleapis.com/trace"]).toBe(name);
});
