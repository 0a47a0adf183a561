import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readPage } from "../../../app/http/page.ts";
import { createTestServer } from "../test-server.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "imgstream-page-"));
});

afterEach(() => rm(folder, { recursive: true }));

test("the built page is served at each of its addresses to who is signed in", async () => {
  const html = '<!doctype html><script type="module" src="/assets/main-ABC.js"></script>';
  await writeFile(join(folder, "index.html"), html);
  const { server, headersOf } = await createTestServer({ page: await readPage(folder, "a-version") });
  const headers = await headersOf();
  for (const url of ["/", "/upload", "/profile", "/trash", "/p/0193-x", "/?from=mail"]) {
    const reply = await server.inject({ url, headers });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(reply.headers["cache-control"]).toBe("private, no-cache");
    expect(reply.body).toBe(html);
    expect((await server.inject({ url })).statusCode).toBe(401);
    const again = await server.inject({
      url,
      headers: { ...headers, "if-none-match": String(reply.headers.etag) },
    });
    expect(again.statusCode).toBe(304);
    expect(again.body).toBe("");
  }
  await server.close();
});

test("the page names its version to whoever looks", async () => {
  await writeFile(join(folder, "index.html"), "<html><head></head></html>");
  const page = await readPage(folder, "3f2a-5b1e");
  expect(page?.html.toString()).toBe('<html><head><meta name="version" content="3f2a-5b1e"></head></html>');
  expect((await readPage(folder, "3f2a-0000"))?.entityTag).not.toBe(page?.entityTag);
});

test("its entity tag changes with its content", async () => {
  const tags = new Set<string | undefined>();
  for (const html of ["one", "two", "two"]) {
    await writeFile(join(folder, "index.html"), html);
    tags.add((await readPage(folder, "a-version"))?.entityTag);
  }
  expect(tags.size).toBe(2);
});

test("where the page is not built its addresses say so and the API answers", async () => {
  const { server, headersOf } = await createTestServer({ page: await readPage(folder, "a-version") });
  const headers = await headersOf();
  const reply = await server.inject({ url: "/", headers });
  expect(reply.statusCode).toBe(503);
  expect(reply.json()).toMatchObject({ code: "page-not-built" });
  expect((await server.inject({ url: "/openapi.json", headers })).statusCode).toBe(200);
  await server.close();
});

test("assets are never served from here: the edge has them", async () => {
  await writeFile(join(folder, "index.html"), "<!doctype html>");
  const { server, headersOf } = await createTestServer({ page: await readPage(folder, "a-version") });
  expect((await server.inject({ url: "/assets/main.js", headers: await headersOf() })).statusCode).toBe(404);
  await server.close();
});
