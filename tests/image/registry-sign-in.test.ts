import { type IncomingMessage, type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { openRegistry } from "../../image/registry-client.ts";
import { googleCredentials } from "../../image/registry-credentials.ts";

const running: Server[] = [];
afterEach(() => {
  for (const server of running.splice(0)) server.close();
  delete process.env["GOOGLE_OAUTH_ACCESS_TOKEN"];
});

interface Seen {
  readonly url: string;
  readonly authorization: string | undefined;
}

/** A server that answers as told and remembers who asked with what. */
async function serve(
  answer: (request: IncomingMessage, host: string) => [number, Record<string, string>, string?],
): Promise<{ host: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url ?? "", authorization: request.headers.authorization });
    const [status, headers, body] = answer(request, host);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  running.push(server);
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, seen };
}

const owed = { username: "oauth2accesstoken", password: "secret" };
const basic = `Basic ${Buffer.from("oauth2accesstoken:secret").toString("base64")}`;
const retry = { attempts: 1, firstPauseMilliseconds: 1 };
const digest = `sha256:${"5".repeat(64)}`;

test("the registry's token service gets the secret, the registry gets the token", async () => {
  const { host, seen } = await serve((request, own) => {
    if (request.url?.startsWith("/token") === true) return [200, {}, JSON.stringify({ token: "t0ken" })];
    if (request.headers.authorization === "Bearer t0ken") return [200, {}];
    return [401, { "www-authenticate": `Bearer realm="http://${own}/token",service="registry"` }];
  });
  const client = openRegistry(
    { registry: host, repository: "a/b" },
    { credentials: () => Promise.resolve(owed), access: "pull,push", retry },
  );
  expect(await client.hasBlob(digest)).toBe(true);
  expect(await client.hasBlob(digest)).toBe(true);
  expect(seen).toEqual([
    { url: `/v2/a/b/blobs/${digest}`, authorization: undefined },
    { url: "/token?service=registry&scope=repository%3Aa%2Fb%3Apull%2Cpush", authorization: basic },
    { url: `/v2/a/b/blobs/${digest}`, authorization: "Bearer t0ken" },
    // The second question carries the token at once.
    { url: `/v2/a/b/blobs/${digest}`, authorization: "Bearer t0ken" },
  ]);
});

test("a token service elsewhere is asked without the secret", async () => {
  const elsewhere = await serve(() => [200, {}, JSON.stringify({ access_token: "public" })]);
  const { host, seen } = await serve((request) =>
    request.headers.authorization === "Bearer public"
      ? [200, {}]
      : [401, { "www-authenticate": `Bearer realm="http://${elsewhere.host}/token"` }],
  );
  const client = openRegistry(
    { registry: host, repository: "a/b" },
    { credentials: () => Promise.resolve(owed), retry },
  );
  expect(await client.hasBlob(digest)).toBe(true);
  expect(elsewhere.seen.map(({ authorization }) => authorization)).toEqual([undefined]);
  expect(seen.map(({ authorization }) => authorization)).toEqual([undefined, "Bearer public"]);
});

test("where a registry sends readers of a blob, no secret goes", async () => {
  const store = await serve(() => [200, {}, "bytes"]);
  const { host } = await serve((request) =>
    request.headers.authorization === basic
      ? [307, { location: `http://${store.host}/object` }]
      : [401, { "www-authenticate": "Basic" }],
  );
  const client = openRegistry(
    { registry: host, repository: "a/b" },
    { credentials: () => Promise.resolve(owed), retry },
  );
  const chunks: Buffer[] = [];
  for await (const chunk of client.readBlob({ digest, size: 5 })) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toBe("bytes");
  expect(store.seen).toEqual([{ url: "/object", authorization: undefined }]);
});

test("a token that the registry refuses is not tried for ever", async () => {
  const { host, seen } = await serve((request, own) =>
    request.url === "/token?scope=repository%3Aa%2Fb%3Apull"
      ? [200, {}, JSON.stringify({ token: "t0ken" })]
      : [401, { "www-authenticate": `Bearer realm="http://${own}/token"` }],
  );
  const client = openRegistry({ registry: host, repository: "a/b" }, { retry });
  await expect(client.hasBlob(digest)).rejects.toThrow("401");
  expect(seen).toHaveLength(3);
});

test("a token service that refuses is named", async () => {
  const { host } = await serve((request, own) =>
    request.url?.startsWith("/token") === true
      ? [403, {}, JSON.stringify({ errors: [{ code: "DENIED", message: "no such account" }] })]
      : [401, { "www-authenticate": `Bearer realm="http://${own}/token"` }],
  );
  const client = openRegistry({ registry: host, repository: "a/b" }, { retry });
  await expect(client.hasBlob(digest)).rejects.toThrow(
    "refused to give a token: 403 DENIED: no such account",
  );
});

test("Google's token goes to Artifact Registry's hosts only", async () => {
  process.env["GOOGLE_OAUTH_ACCESS_TOKEN"] = "google";
  for (const host of ["europe-west1-docker.pkg.dev", "europe-docker.pkg.dev", "docker.pkg.dev"]) {
    expect(await googleCredentials(host)).toEqual({ username: "oauth2accesstoken", password: "google" });
  }
  for (const host of ["gcr.io", "127.0.0.1", "docker.pkg.dev.example.com", "evil-docker-pkg.dev"]) {
    expect(await googleCredentials(host)).toBeUndefined();
  }
});
