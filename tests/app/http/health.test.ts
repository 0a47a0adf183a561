import { expect, test } from "vitest";
import { createTestServer } from "../test-server.ts";

test("ready means that everything needed answers", async () => {
  let isReachable = true;
  let asked = 0;
  const check = async () => {
    asked += 1;
    if (!isReachable) throw new Error("connection to records-bucket refused");
  };
  const { server, lines } = await createTestServer({
    readiness: [
      { name: "records store", check },
      { name: "media store", check: async () => {} },
    ],
  });
  const ready = await server.inject("/health/ready");
  expect([ready.statusCode, ready.json()]).toEqual([200, { status: "ready", version: "a-version" }]);

  isReachable = false;
  expect((await server.inject("/health/ready")).statusCode, "the answer holds for a second").toBe(200);
  expect(asked).toBe(1);

  await expect
    .poll(async () => (await server.inject("/health/ready")).statusCode, { timeout: 5000 })
    .toBe(503);
  const reply = await server.inject("/health/ready");
  expect(reply.json()).toMatchObject({ code: "not-ready" });
  expect(reply.body).not.toContain("records");
  expect(lines.find(({ check: name }) => name === "records store")).toMatchObject({
    severity: "ERROR",
    err: { message: "connection to records-bucket refused" },
  });
  expect((await server.inject("/health/live")).json()).toEqual({ status: "live" });
  await server.close();
});

test("a check that throws at once is a check that failed", async () => {
  const { server } = await createTestServer({
    readiness: [
      {
        name: "store",
        check: () => {
          throw new Error("not configured");
        },
      },
    ],
  });
  expect((await server.inject("/health/ready")).statusCode).toBe(503);
  await server.close();
});
