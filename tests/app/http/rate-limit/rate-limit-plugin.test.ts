import { afterEach, expect, test } from "vitest";
import { LocalRateLimiter } from "../../../../app/http/rate-limit/local-rate-limiter.ts";
import { type RequestKind, readRequestLimits } from "../../../../app/http/rate-limit/request-limits.ts";
import { healthPaths } from "../../../../app/runtime-contract.ts";
import { createTestServer, type TestServer } from "../../test-server.ts";

let running: TestServer | undefined;

afterEach(async () => {
  await running?.server.close();
  running = undefined;
});

async function serve(given: string) {
  const limits = readRequestLimits(given);
  if (limits === undefined) throw new Error(`'${given}' is not what limits are given as`);
  const taken: RequestKind[] = [];
  const inner = new LocalRateLimiter({ limits, now: () => 0 });
  const limiter = {
    take: (person: string, kind: RequestKind) => {
      taken.push(kind);
      return inner.take(person, kind);
    },
  };
  const { server, headersOf, lines } = (running = await createTestServer({ rateLimit: { limits, limiter } }));
  const ask = async (url: string, method: "GET" | "POST" | "PUT" | "DELETE" = "GET", claims = {}) =>
    server.inject({ url, method, headers: await headersOf(claims) });
  return { ask, taken, lines, server };
}

const someoneElse = { sub: "accounts.google.com:ben", email: "ben@example.com" };

test("says what is left, and when all of it is there again", async () => {
  const { ask } = await serve("reads=3/1");
  const { headers } = await ask("/v1/nothing-here");
  expect(headers).toMatchObject({
    "ratelimit-limit": "3",
    "ratelimit-remaining": "2",
    "ratelimit-reset": "1",
  });
  expect(headers).not.toHaveProperty("retry-after");
});

test("refuses what is too much with a problem and the time to wait; others are not concerned", async () => {
  const { ask, lines } = await serve("reads=1/1");
  expect((await ask("/openapi.json")).statusCode).toBe(200);
  const reply = await ask("/openapi.json");
  expect(reply.statusCode).toBe(429);
  expect(reply.headers).toMatchObject({
    "content-type": "application/problem+json",
    "cache-control": "private, no-store",
    "retry-after": "1",
    "ratelimit-remaining": "0",
  });
  const problem = reply.json();
  expect(problem).toEqual({
    type: "urn:imgstream:problem:too-many-requests",
    title: "Too many requests at once",
    status: 429,
    detail: "One person may send 1 reads at once and 1 a second: wait 1 s and repeat it.",
    code: "too-many-requests",
    correlation_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(lines).toContainEqual(
    expect.objectContaining({ code: "too-many-requests", correlation_id: problem.correlation_id }),
  );
  expect((await ask("/openapi.json", "GET", someoneElse)).statusCode).toBe(200);
});

test("each kind is counted for itself", async () => {
  const { ask } = await serve("reads=1/1,writes=1/1");
  await ask("/v1/nothing-here");
  expect((await ask("/v1/nothing-here")).statusCode).toBe(429);
  expect((await ask("/v1/nothing-here", "POST")).statusCode).toBe(404);
  expect((await ask("/v1/nothing-here", "POST")).statusCode).toBe(429);
});

test("health is never counted, nor who is not known", async () => {
  const { ask, taken, server } = await serve("reads=1/1");
  await ask("/v1/nothing-here");
  const asked = taken.length;
  for (const path of Object.values(healthPaths)) {
    const reply = await ask(path);
    expect([reply.statusCode, reply.headers["ratelimit-limit"]]).toEqual([200, undefined]);
  }
  expect((await server.inject({ url: "/v1/photos" })).statusCode).toBe(401);
  expect(taken).toHaveLength(asked);
});

test.each<[string, "GET" | "POST" | "DELETE", RequestKind]>([
  ["/v1/photos", "GET", "reads"],
  ["/v1/photos?favorite=true", "GET", "reads"],
  ["/v1/photos?q=sea", "GET", "searches"],
  ["/v1/trash?q=sea", "GET", "searches"],
  ["/v1/timeline?q=sea", "GET", "searches"],
  ["/v1/timeline/2024-05?q=sea", "GET", "searches"],
  ["/v1/timeline", "GET", "reads"],
  ["/v1/facets", "GET", "searches"],
  ["/v1/photos/x", "GET", "reads"],
  ["/v1/photos/x", "DELETE", "writes"],
  ["/v1/photos", "POST", "uploads"],
  ["/v1/uploads", "POST", "uploads"],
  ["/v1/uploads/check", "POST", "writes"],
  ["/v1/uploads/x/complete", "POST", "writes"],
  ["/v1/uploads/x", "GET", "reads"],
  ["/v1/photos/x/thumbnail", "GET", "bytes"],
  ["/v1/photos/x/original", "GET", "bytes"],
  ["/v1/users/x/photos/x/preview", "GET", "bytes"],
  ["/thumbnails/x/x.webp", "GET", "bytes"],
  ["/", "GET", "reads"],
])("%s by %3$s counts as %s", async (path, method, kind) => {
  const { ask, taken } = await serve("reads=100/1");
  await ask(path, method);
  expect(taken).toEqual([kind]);
});
