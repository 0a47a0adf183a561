import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestIssuer } from "../iap-issuer.ts";
import { createTestServer } from "../test-server.ts";
import type { TestServer } from "../test-server.ts";

let running: TestServer;

beforeEach(async () => {
  running = await createTestServer();
  running.server.get("/v1/whoami", async (request) => request.identity);
});

afterEach(() => running.server.close());

const now = () => Math.floor(Date.now() / 1000);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

const forgeries: Record<string, { readonly reason: string; readonly token: () => Promise<string> }> = {
  "without a token": { reason: "missing", token: async () => "" },
  "with something that is no token": { reason: "malformed", token: async () => "not a token" },
  "with a token of another audience": {
    reason: "wrong-audience",
    token: () => running.issuer.sign({ aud: "/projects/1/global/backendServices/2" }),
  },
  "with our audience among others": {
    reason: "wrong-audience",
    token: () => running.issuer.sign({ aud: ["/projects/1/global/backendServices/2", "/x"] }),
  },
  "with a token of another issuer": {
    reason: "wrong-issuer",
    token: () => running.issuer.sign({ iss: "https://accounts.google.com" }),
  },
  "with a token of another key of the same name": {
    reason: "wrong-signature",
    token: async () => (await createTestIssuer()).sign(),
  },
  "with a token of a key that nobody published": {
    reason: "unknown-key",
    token: async () => (await createTestIssuer("key-9")).sign(),
  },
  "with a token that names no key": {
    reason: "unknown-key",
    token: () => running.issuer.sign({}, { kid: undefined }),
  },
  "with a token that expired": {
    reason: "expired",
    token: () => running.issuer.sign({ iat: now() - 700, exp: now() - 100 }),
  },
  "with a token that is not yet valid": {
    reason: "not-yet-valid",
    token: () => running.issuer.sign({ iat: now() + 100, exp: now() + 700 }),
  },
  "with a token whose nbf lies ahead": {
    reason: "not-yet-valid",
    token: () => running.issuer.sign({ nbf: now() + 100 }),
  },
  "with a token that never expires": {
    reason: "claim-missing",
    token: () => running.issuer.sign({ exp: undefined }),
  },
  "with a token that was issued never": {
    reason: "claim-missing",
    token: () => running.issuer.sign({ iat: undefined }),
  },
  "with a token of nobody": { reason: "claim-missing", token: () => running.issuer.sign({ sub: undefined }) },
  "with a token without e-mail": {
    reason: "claim-missing",
    token: () => running.issuer.sign({ email: undefined }),
  },
  "with alg none": {
    reason: "wrong-algorithm",
    token: async () => {
      const [, payload] = (await running.issuer.sign()).split(".");
      return `${encode({ alg: "none", kid: "key-1" })}.${payload}.`;
    },
  },
  "with HS256 signed with the public key": {
    reason: "wrong-algorithm",
    token: async () => {
      const [, payload] = (await running.issuer.sign()).split(".");
      const unsigned = `${encode({ alg: "HS256", kid: "key-1" })}.${payload}`;
      const key = JSON.stringify(running.issuer.publicJwk);
      return `${unsigned}.${createHmac("sha256", key).update(unsigned).digest("base64url")}`;
    },
  },
  "with claims changed after signing": {
    reason: "wrong-signature",
    token: async () => {
      const [header, payload, signature] = (await running.issuer.sign()).split(".");
      const claims = JSON.parse(Buffer.from(payload ?? "", "base64url").toString());
      return `${header}.${encode({ ...claims, email: "root@example.com" })}.${signature}`;
    },
  },
};

describe.each(Object.entries(forgeries))("a request %s", (_name, { reason, token }) => {
  test.each(["/v1/whoami", "/", "/nowhere"])(
    "is refused at %s, with the reason in the log only",
    async (url) => {
      const assertion = await token();
      const reply = await running.server.inject({
        url,
        headers: {
          ...(assertion !== "" && { "x-goog-iap-jwt-assertion": assertion }),
          "x-goog-authenticated-user-email": "accounts.google.com:root@example.com",
          "x-goog-authenticated-user-id": "accounts.google.com:1",
        },
      });
      expect(reply.statusCode).toBe(401);
      expect(reply.headers["content-type"]).toMatch(/^application\/problem\+json/);
      const { correlation_id: correlationId, ...problem } = reply.json();
      expect(problem).toEqual({
        type: "urn:imgstream:problem:sign-in-required",
        title: "Sign-in required",
        status: 401,
        detail: "Sign in and try again.",
        code: "sign-in-required",
      });
      const refusals = running.lines.filter((line) => line["code"] === "sign-in-required");
      expect(refusals).toHaveLength(1);
      expect(refusals[0]).toMatchObject({ severity: "WARNING", reason, correlation_id: correlationId });
      expect(JSON.stringify(running.lines)).not.toContain(assertion === "" ? "root@example.com" : assertion);
      expect(running.records.names()).toEqual([]);
    },
  );
});

test("a signed-in person is known by a random id that stays, whatever their e-mail is by then", async () => {
  const first = await running.server.inject({ url: "/v1/whoami", headers: await running.headersOf() });
  expect(first.statusCode).toBe(200);
  expect(first.json()).toMatchObject({ email: "alice@example.com", name: null, isAdministrator: false });
  const headers = await running.headersOf({ email: "Root@example.com", name: "Alice" });
  const second = await running.server.inject({ url: "/v1/whoami", headers });
  expect(second.json()).toEqual({
    subject: "accounts.google.com:1000",
    userId: first.json().userId,
    email: "Root@example.com",
    name: "Alice",
    isAdministrator: true,
  });
});

test("clocks may differ by 30 seconds", async () => {
  const ahead = await running.headersOf({ iat: now() + 25, exp: now() + 600 });
  expect((await running.server.inject({ url: "/v1/whoami", headers: ahead })).statusCode).toBe(200);
  const behind = await running.headersOf({ iat: now() - 600, exp: now() - 25 });
  expect((await running.server.inject({ url: "/v1/whoami", headers: behind })).statusCode).toBe(200);
});

test("the e-mail header that proxies forge or forward changes nothing", async () => {
  const headers = {
    ...(await running.headersOf()),
    "x-goog-authenticated-user-email": "accounts.google.com:root@example.com",
  };
  const reply = await running.server.inject({ url: "/v1/whoami", headers });
  expect(reply.json()).toMatchObject({ email: "alice@example.com", isAdministrator: false });
});

test("health is answered without an identity", async () => {
  expect((await running.server.inject("/health/live")).statusCode).toBe(200);
  expect((await running.server.inject("/health/ready")).statusCode).toBe(200);
});

test.each(["/health", "/health/", "/health/live/", "/health/live/x", "/health//live", "/HEALTH/LIVE"])(
  "what only looks like health, %s, needs an identity",
  async (url) => {
    expect((await running.server.inject(url)).statusCode).toBe(401);
  },
);

test("a name that no record takes as it is is cut, and keeps nobody out", async () => {
  const headers = await running.headersOf({ name: ` A\u0007\ud800 ${"x".repeat(300)}` });
  const { name } = (await running.server.inject({ url: "/v1/whoami", headers })).json();
  expect(name).toBe(`A \ufffd ${"x".repeat(195)}…`);
  const blank = await running.headersOf({ name: "\n" });
  expect((await running.server.inject({ url: "/v1/whoami", headers: blank })).json().name).toBeNull();
});
