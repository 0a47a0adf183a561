import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signAddress, signPrefix } from "../../../app/media/edge-signature.ts";
import { createMediaAccess } from "../../../app/media/media-access.ts";
import { type Edge, startEdge } from "../../../local/edge/edge.ts";
import { audience, signIn } from "./edge-with-app.ts";

const folder = mkdtempSync(join(tmpdir(), "imgstream-media-"));
const key = { name: "media-1", bytes: createHash("md5").update("one").digest() };
const otherKey = { name: "media-1", bytes: createHash("md5").update("two").digest() };
const user = "2b1e8c8e-6f0c-4a38-9d5e-0f8a3f6f1f10";
const path = `/thumbnails/${user}/0199-a_thumb.v1.webp`;
let now = Date.parse("2026-11-23T08:10:00Z");
const expires = now / 1000 + 600;
const access = createMediaAccess({ key, publicOrigin: "http://localhost:8080", now: () => now });
const keys = new Map([[key.name, key.bytes]]);
let reachedApp = 0;
const app = createServer((_request, response) => {
  reachedApp += 1;
  response.end("the app");
});
let edge: Edge;
let port = 0;

beforeAll(async () => {
  for (const name of [path, `/photos/${user}/0199-a.jpg`]) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, `${name}.content`), "0123456789");
    symlinkSync(join(folder, `${name}.content`), join(folder, name));
  }
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  const { port: appPort } = app.address() as AddressInfo;
  edge = await startEdge({
    port: 0,
    appOrigin: () => `http://127.0.0.1:${appPort}`,
    pageFolder: join(folder, "page"),
    media: { folder, keys, now: () => new Date(now) },
    folder: join(folder, "edge"),
    audience,
  });
  port = Number(new URL(edge.origin).port);
});
afterAll(async () => {
  await edge.close();
  app.close();
  rmSync(folder, { recursive: true, force: true });
});
interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

function get(where: string, more: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  const headers = { host: `localhost:${port}`, ...more };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, path: where, headers, method }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
      );
    });
    request.on("error", reject).end();
  });
}

function cookie(value: string): Record<string, string> {
  return { cookie: `theme=dark; Cloud-CDN-Cookie=${value}` };
}

const prefix = `http://localhost/thumbnails/${user}/`;
const good = signPrefix(key, prefix, expires);

test("the owner's cookies admit to the three folders, and the browser may keep what it gets", async () => {
  const cookies = access.cookiesFor(user);
  expect(cookies.map((one) => one.path)).toEqual([
    `/photos/${user}/`,
    `/previews/${user}/`,
    `/thumbnails/${user}/`,
  ]);
  const answer = await get(path, cookie(cookies[2]?.value ?? ""));
  expect(answer).toMatchObject({ status: 200, body: "0123456789" });
  expect(answer.headers).toMatchObject({
    "content-type": "image/webp",
    "cache-control": "private, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox",
  });
  expect((await get(path, cookie(cookies[0]?.value ?? ""))).status).toBe(403);
});

test("an original is a download, whole or in part", async () => {
  const cookies = access.cookiesFor(user);
  const headers = { ...cookie(cookies[0]?.value ?? ""), range: "bytes=2-4" };
  const answer = await get(`/photos/${user}/0199-a.jpg`, headers);
  expect(answer).toMatchObject({
    status: 206,
    body: "234",
    headers: { "content-disposition": "attachment" },
  });
  expect((await get(`/photos/${user}/0199-a.jpg`, { ...headers, range: "bytes=10-" })).status).toBe(416);
});

test("a signed address admits to its object and no other", async () => {
  const address = access.addressOf(path.slice(1));
  expect((await get(address)).status).toBe(200);
});

const signed = signAddress(key, `http://localhost${path}`, expires).slice("http://localhost".length);
const otherPerson = signAddress(key, `http://localhost/thumbnails/someone-else/x.webp`, expires);

test.each<[string, string]>([
  ["of another object", signed.replace("0199-a", "0199-b")],
  ["of another object, with this one's signature", `${path}${otherPerson.slice(otherPerson.indexOf("?"))}`],
  ["altered in its expiry", signed.replace(`${expires}`, `${expires + 60}`)],
  ["altered in its signature", `${signed.slice(0, -2)}A=`],
  ["expired", signAddress(key, `http://localhost${path}`, now / 1000).slice("http://localhost".length)],
  ["of another key's bytes", signAddress(otherKey, `http://localhost${path}`, expires).slice(16)],
  [
    "of an unknown key",
    signAddress({ ...key, name: "media-9" }, `http://localhost${path}`, expires).slice(16),
  ],
  ["signed with a port", signAddress(key, `http://localhost:8080${path}`, expires).slice(21)],
  ["in another order", signed.replace(/Expires=(\d+)&KeyName=([^&]+)/, "KeyName=$2&Expires=$1")],
  ["in other letters", signed.replace("Expires", "expires")],
  ["with something behind it", `${signed}&x=1`],
  ["without its padding", signed.replace(/=$/, "")],
])("a signed address %s is refused, even to who has the owner's cookie", async (_name, address) => {
  expect((await get(signed)).status).toBe(200);
  expect(address).toMatch(/^\/thumbnails\/.*[?&]Signature=/);
  expect((await get(address, cookie(good))).status).toBe(403);
});

test("an address stays the same for half an hour and works for at least as long after", () => {
  const before = now;
  const first = access.addressOf("thumbnails/x");
  now += 19 * 60 * 1000;
  expect(access.addressOf("thumbnails/x")).toBe(first);
  now += 60 * 1000;
  expect(access.addressOf("thumbnails/x")).not.toBe(first);
  expect(first).toContain(`Expires=${Date.parse("2026-11-23T09:00:00Z") / 1000}&`);
  now = before;
});

test.each<[string, string]>([
  ["altered in its signature", `${good.slice(0, -2)}A=`],
  [
    "altered in its prefix",
    good.replace(/URLPrefix=[^:]+/, `URLPrefix=${Buffer.from("http://localhost/").toString("base64url")}`),
  ],
  ["altered in its expiry", good.replace(`${expires}`, `${expires + 60}`)],
  ["expired", signPrefix(key, prefix, now / 1000)],
  ["of another person's folder", signPrefix(key, "http://localhost/thumbnails/someone-else/", expires)],
  ["of another key's bytes", signPrefix(otherKey, prefix, expires)],
  ["of an unknown key", signPrefix({ ...key, name: "media-9" }, prefix, expires)],
  ["with a port in the prefix", signPrefix(key, `http://localhost:8080/thumbnails/${user}/`, expires)],
  ["in another order", good.replace(/(URLPrefix=[^:]+):(Expires=\d+)/, "$2:$1")],
  ["in other letters", good.replace("Expires", "expires")],
  ["with something behind it", `${good}:More=1`],
  ["without its padding", good.replace(/=$/, "")],
  [
    "of the same folder under another host",
    signPrefix(key, `http://other.example/thumbnails/${user}/`, expires),
  ],
  [
    "of the same folder over another scheme",
    signPrefix(key, `https://localhost/thumbnails/${user}/`, expires),
  ],
  [
    "of a folder whose name this one begins with",
    signPrefix(key, `http://localhost/thumbnails/${user}-2/`, expires),
  ],
  ["that never expires", good.replace(`${expires}`, "99999999999999")],
  ["empty", ""],
])("a cookie %s is refused", async (_name, value) => {
  expect(value).not.toBe(good);
  expect((await get(path, cookie(value))).status).toBe(403);
});

test("without a signature the private bucket refuses, whether there is such an object or not", async () => {
  expect((await get(path)).status).toBe(403);
  expect((await get(path, { cookie: await signIn(edge) })).status).toBe(403);
  expect((await get(`/thumbnails/${user}/none.webp`)).status).toBe(403);
});

test("what is not there, or not a name of an object, is not found by who is admitted", async () => {
  for (const where of ["none_thumb.v1.webp", ".hidden", "%2e%2e%2fsecret"]) {
    const answer = await get(`/thumbnails/${user}/${where}`, cookie(good));
    expect([403, 404]).toContain(answer.status);
  }
  // Left of the media paths, it is the app's, which only who signed in reaches.
  expect((await get(`/thumbnails/${user}/../../secret`, cookie(good))).status).toBe(302);
  expect((await get(path, cookie(good), "POST")).status).toBe(405);
});

test("nothing that was asked for here has reached the app", () => {
  expect(reachedApp).toBe(0);
});
