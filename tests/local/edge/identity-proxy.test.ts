import { readFile, stat } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { join } from "node:path";
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { subjectOf } from "../../../local/edge/assertion.ts";
import { addressOf } from "../../../local/edge/identity-proxy.ts";
import { sealSession } from "../../../local/edge/session.ts";
import { audience, signIn, startEdgeWithApp } from "./edge-with-app.ts";

const asScript = { "x-requested-with": "XMLHttpRequest" };

async function startWithRecorder(options: Parameters<typeof startEdgeWithApp>[1] = {}) {
  const received: IncomingHttpHeaders[] = [];
  const edge = await startEdgeWithApp((request, response) => {
    received.push(request.headers);
    response.end("from the app");
  }, options);
  return { edge, received };
}

test("a person who is not signed in is sent to the sign-in page and comes back to where they went", async () => {
  const { edge, received } = await startWithRecorder();
  const first = await fetch(`${edge.origin}/albums/7?sort=new`, { redirect: "manual" });
  expect(first.status).toBe(302);
  expect(first.headers.get("location")).toBe("/_gcp_iap/sign-in?next=%2Falbums%2F7%3Fsort%3Dnew");
  const page = await (await fetch(new URL(first.headers.get("location") ?? "", edge.origin))).text();
  expect(page).toContain(`name="next" value="/albums/7?sort=new"`);
  const signedIn = await fetch(`${edge.origin}/_gcp_iap/sign-in`, {
    method: "POST",
    body: new URLSearchParams({ email: "anna@example.com", next: "/albums/7?sort=new" }),
    redirect: "manual",
  });
  expect(signedIn.status).toBe(302);
  expect(signedIn.headers.get("location")).toBe("/albums/7?sort=new");
  expect(signedIn.headers.get("set-cookie")).toMatch(/; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/);
  expect(received).toEqual([]);
});

test("a script that is not signed in gets 401", async () => {
  const { edge } = await startWithRecorder();
  const reply = await fetch(`${edge.origin}/v1/photos`, { headers: asScript, redirect: "manual" });
  expect(reply.status).toBe(401);
  expect(reply.headers.get("x-goog-iap-generated-response")).toBe("true");
});

test("the app is told who asks by an assertion that verifies against the published keys", async () => {
  const { edge, received } = await startWithRecorder();
  const cookie = await signIn(edge);
  await fetch(`${edge.origin}/`, { headers: { cookie: `theme=dark; ${cookie}` } });
  const assertion = String(received[0]?.["x-goog-iap-jwt-assertion"]);
  const { payload } = await jwtVerify(assertion, createRemoteJWKSet(new URL(edge.keySetUrl)), {
    algorithms: ["ES256"],
    issuer: "https://cloud.google.com/iap",
    audience,
  });
  expect(payload).toMatchObject({ email: "anna@example.com", hd: "example.com" });
  expect(payload.sub).toMatch(/^accounts\.google\.com:1\d{20}$/);
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(600);
  expect(decodeProtectedHeader(assertion)).toMatchObject({ alg: "ES256" });
  expect(received[0]?.["x-goog-authenticated-user-email"]).toBe("accounts.google.com:anna@example.com");
});

test("the session's cookie stays at the edge, other cookies go on", async () => {
  const { edge, received } = await startWithRecorder();
  const cookie = await signIn(edge);
  await fetch(`${edge.origin}/`, { headers: { cookie: `theme=dark; ${cookie}` } });
  await fetch(`${edge.origin}/`, { headers: { cookie } });
  expect(received.map((headers) => headers.cookie)).toEqual(["theme=dark", undefined]);
});

test("the published key set holds no private part and the key's file is its owner's only", async () => {
  const { edge } = await startWithRecorder();
  const { keys } = (await (await fetch(edge.keySetUrl)).json()) as { keys: Record<string, string>[] };
  expect(keys).toHaveLength(1);
  expect(Object.keys(keys[0] ?? {}).toSorted()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
  expect((await stat(join(edge.folder, "edge/signing-key.pem"))).mode & 0o777).toBe(0o600);
});

test("a person is the same subject at every sign-in, another person another", () => {
  expect(subjectOf("anna@example.com")).toBe(subjectOf("anna@example.com"));
  expect(subjectOf("anna@example.com")).not.toBe(subjectOf("ben@example.com"));
});

test("who signed in lately is offered by name, the latest first", async () => {
  const { edge } = await startWithRecorder();
  for (const email of ["anna", "ben", "anna"]) await signIn(edge, email);
  const page = await (await fetch(`${edge.origin}/_gcp_iap/sign-in`)).text();
  expect([...page.matchAll(/class="person" name="email" value="([^"]+)"/g)].map((match) => match[1])).toEqual(
    ["anna@example.com", "ben@example.com"],
  );
});

test.each([
  ["anna", "anna@example.com"],
  ["  Anna Berg ", "anna.berg@example.com"],
  ["Anna@Example.ORG", "anna@example.org"],
  ["", undefined],
  ["a@b", undefined],
  ["a b@example.com", undefined],
  [`<script>@example.com`, undefined],
  ["x".repeat(250) + "@example.com", undefined],
])("'%s' signs in as %s", (typed, expected) => {
  expect(addressOf(typed)).toBe(expected);
});

test("what is no address is said on the page, with what was typed shown as text", async () => {
  const { edge } = await startWithRecorder();
  const reply = await fetch(`${edge.origin}/_gcp_iap/sign-in`, {
    method: "POST",
    body: new URLSearchParams({ email: `"><script>x@y`, next: `/"><script>` }),
  });
  expect(reply.status).toBe(422);
  expect(reply.headers.get("set-cookie")).toBeNull();
  expect(await reply.text()).not.toContain("<script>");
});

test.each(["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)", ""])(
  "signing in never leads to '%s'",
  async (next) => {
    const { edge } = await startWithRecorder();
    const reply = await fetch(`${edge.origin}/_gcp_iap/sign-in`, {
      method: "POST",
      body: new URLSearchParams({ email: "anna", next }),
      redirect: "manual",
    });
    expect(reply.headers.get("location")).toBe("/");
  },
);

test("a form of another site signs nobody in", async () => {
  const { edge } = await startWithRecorder();
  const reply = await fetch(`${edge.origin}/_gcp_iap/sign-in`, {
    method: "POST",
    headers: { origin: "https://evil.example" },
    body: new URLSearchParams({ email: "anna" }),
  });
  expect(reply.status).toBe(403);
  expect(reply.headers.get("set-cookie")).toBeNull();
});

test.each(["/?gcp-iap-mode=CLEAR_LOGIN_COOKIE", "/_gcp_iap/clear_login_cookie"])(
  "%s signs out and shows the sign-in page",
  async (path) => {
    const { edge } = await startWithRecorder();
    const cookie = await signIn(edge);
    const reply = await fetch(`${edge.origin}${path}`, { headers: { cookie }, redirect: "manual" });
    expect(reply.headers.get("set-cookie")).toMatch(/^LOCAL_IAP_SESSION_\d+=; Path=\/; Max-Age=0/);
    expect(reply.headers.get("location")).toBe("/_gcp_iap/sign-in?next=%2F");
  },
);

test("a window for signing in again ends at a page that says so", async () => {
  const { edge, received } = await startWithRecorder();
  const address = `${edge.origin}/?gcp-iap-mode=DO_SESSION_REFRESH`;
  expect((await fetch(address, { redirect: "manual" })).status).toBe(302);
  const reply = await fetch(address, { headers: { cookie: await signIn(edge) } });
  expect(await reply.text()).toContain("Signed in");
  expect(received).toEqual([]);
});

test("an expired session is none", async () => {
  const { edge } = await startWithRecorder({ sessionSeconds: 0 });
  const cookie = await signIn(edge);
  expect((await fetch(`${edge.origin}/`, { headers: { ...asScript, cookie } })).status).toBe(401);
});

test("a cookie that was altered, cut or signed with another key is none", async () => {
  const { edge, received } = await startWithRecorder();
  const [name = "", sealed = ""] = (await signIn(edge)).split("=");
  const [, signature = ""] = sealed.split(".");
  const forged = Buffer.from(JSON.stringify({ email: "boss@example.com", expires: 9e9 })).toString(
    "base64url",
  );
  const ours = await readFile(join(edge.folder, "edge/session-key"), "utf8");
  const values = [
    `${forged}.${signature}`,
    forged,
    `${forged}.`,
    sealed.slice(0, -2),
    "",
    "...",
    sealSession({ email: "boss@example.com", expires: 9e9 }, "another key"),
    sealSession({ email: "boss@example.com", expires: 1 }, ours),
  ];
  const statuses: number[] = [];
  for (const value of values) {
    const reply = await fetch(`${edge.origin}/`, { headers: { ...asScript, cookie: `${name}=${value}` } });
    statuses.push(reply.status);
  }
  expect(statuses).toEqual(values.map(() => 401));
  expect(received).toEqual([]);
});

test("keys and sessions outlive a restart of the edge", async () => {
  const { edge } = await startWithRecorder();
  const cookie = await signIn(edge);
  const before = await (await fetch(edge.keySetUrl)).text();
  const port = Number(new URL(edge.origin).port);
  await edge.close();
  const again = await startEdgeWithApp((_request, response) => response.end("here"), {
    port,
    folder: join(edge.folder, "edge"),
  });
  expect(await (await fetch(again.keySetUrl)).text()).toBe(before);
  expect(await (await fetch(`${again.origin}/`, { headers: { cookie } })).text()).toBe("here");
});
