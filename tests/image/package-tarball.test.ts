import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fetchPackageTarball } from "../../image/package-tarball.ts";
import { writeTar } from "../../image/tar.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const tarball = gzipSync(
  Buffer.concat([
    ...writeTar([
      {
        kind: "file",
        path: "package/package.json",
        isExecutable: false,
        bytes: Buffer.from(JSON.stringify({ name: "sample-part", version: "1.2.3" })),
      },
    ]),
  ]),
);
const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;

let asked = 0;
let stop = (): void => undefined;

beforeEach(async () => {
  asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    if (request.url?.endsWith(".tgz") === true) return response.end(tarball);
    const dist = { tarball: `http://${request.headers.host}/sample-part.tgz` };
    return response.end(
      JSON.stringify({
        name: "sample-part",
        "dist-tags": { latest: "1.2.3" },
        versions: { "1.2.3": { name: "sample-part", version: "1.2.3", dist } },
      }),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  stop = () => server.close();
  vi.stubEnv("npm_config_registry", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("npm_config_cache", await temporaryFolder());
});
afterEach(() => {
  stop();
  vi.unstubAllEnvs();
});

const locked = { name: "sample-part", version: "1.2.3", integrity };

test("a package is fetched once, then it is in npm's cache", async () => {
  expect(Buffer.from(await fetchPackageTarball(locked)).equals(tarball)).toBe(true);
  const requests = asked;
  expect(requests).toBeGreaterThan(0);
  expect(Buffer.from(await fetchPackageTarball(locked)).equals(tarball)).toBe(true);
  expect(asked).toBe(requests);
});

test("bytes that are not those of the lockfile are refused", async () => {
  const other = `sha512-${Buffer.alloc(64).toString("base64")}`;
  await expect(fetchPackageTarball({ ...locked, integrity: other })).rejects.toThrow(
    `sample-part 1.2.3 is not in npm's cache and could not be fetched (the bytes differ from the lockfile's ${other})`,
  );
});

test("without a network it says what is missing", async () => {
  stop();
  vi.stubEnv("npm_config_registry", "http://127.0.0.1:9");
  vi.stubEnv("npm_config_fetch_retries", "0");
  await expect(fetchPackageTarball(locked)).rejects.toThrow(
    /sample-part 1\.2\.3 is not in npm's cache.*run npm ci/s,
  );
});

test("a weaker checksum is not accepted", async () => {
  await expect(fetchPackageTarball({ ...locked, integrity: "sha1-AAAA" })).rejects.toThrow(
    "expected an integrity of sha512",
  );
});
