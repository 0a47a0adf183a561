import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "../../app/config.ts";
import { runtimeVariables } from "../../app/runtime-contract.ts";

const inTheCloud = {
  PROJECT_ID: "imgstream-dev",
  PUBLIC_ORIGIN: "https://photos.example.com",
  IAP_AUDIENCE: "/projects/100000000001/global/backendServices/1234567890123456789",
  IAP_KEY_SET_URL: "https://www.gstatic.com/iap/verify/public_key-jwk",
  IDENTITY_KEY: "0123456789abcdef0123456789abcdef",
  MEDIA_STORE: "gs://imgstream-dev-media",
  RECORDS_STORE: "gs://imgstream-dev-records",
  UPLOADS_STORE: "gs://imgstream-dev-uploads",
  DELETED_KEPT_DAYS: "61",
  CACHE_FOLDER: "/tmp/cache",
  EVENTS_AUDIENCE: "https://photos.example.com/events",
  EVENTS_ACCOUNT: "events@imgstream-dev.iam.gserviceaccount.com",
  EVENTS_KEY_SET_URL: "https://www.googleapis.com/oauth2/v3/certs",
  ADMINISTRATORS: "Admin@example.com, root@example.com",
  PORT: "8080",
};

function problemsOf(environment: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test("a complete environment becomes a frozen object", () => {
  const config = readConfig(inTheCloud);
  expect(config).toMatchObject({
    publicOrigin: "https://photos.example.com",
    audience: inTheCloud.IAP_AUDIENCE,
    keySetUrl: inTheCloud.IAP_KEY_SET_URL,
    mediaStore: { kind: "bucket", bucket: "imgstream-dev-media" },
    recordsStore: { kind: "bucket", bucket: "imgstream-dev-records" },
    administrators: ["admin@example.com", "root@example.com"],
    port: 8080,
    host: "",
  });
  expect(config.pageFolder).toMatch(/dist\/web$/);
  for (const part of [config, config.mediaStore, config.recordsStore, config.administrators]) {
    expect(Object.isFrozen(part)).toBe(true);
  }
});

test("the version is a name that fits a label; without one this is development", () => {
  expect(readConfig(inTheCloud).version).toBe("development");
  const version = "3f2a9c1d04be-modified-5b1e77c0a9f2";
  expect(readConfig({ ...inTheCloud, IMGSTREAM_VERSION: version }).version).toBe(version);
  expect(problemsOf({ ...inTheCloud, IMGSTREAM_VERSION: '"><script>' })).toEqual([
    `IMGSTREAM_VERSION is '"><script>': expected up to 63 letters, digits, '.', '_' and '-'`,
  ]);
});

test("an edge that keeps copies is known by the name of its URL map; without one nothing does", () => {
  expect(readConfig(inTheCloud).edgeUrlMap).toBeUndefined();
  expect(readConfig({ ...inTheCloud, EDGE_URL_MAP: "" }).edgeUrlMap).toBeUndefined();
  expect(readConfig({ ...inTheCloud, EDGE_URL_MAP: "imgstream" }).edgeUrlMap).toBe("imgstream");
  for (const name of ["../imgstream", "Imgstream", "imgstream-", `i${"m".repeat(63)}`]) {
    expect(problemsOf({ ...inTheCloud, EDGE_URL_MAP: name })).toEqual([
      `EDGE_URL_MAP is '${name}': expected the name of a URL map, up to 63 small letters, digits and '-', or nothing`,
    ]);
  }
});

test("Redis and the limits of requests are optional, and their faults stand with the others", () => {
  expect(readConfig(inTheCloud).redis).toBeUndefined();
  expect(readConfig({ ...inTheCloud, REDIS_URL: "redis://127.0.0.1:6379" }).redis?.port).toBe(6379);
  expect(readConfig({ ...inTheCloud, REQUEST_LIMITS: "uploads=7/3" }).requestLimits.uploads.burst).toBe(7);
  expect(
    problemsOf({ ...inTheCloud, REDIS_URL: "redis://10.0.0.3:6379", REQUEST_LIMITS: "downloads=1/1" }),
  ).toEqual([
    expect.stringMatching(/^REDIS_URL is 21 characters: expected /),
    expect.stringMatching(/^REQUEST_LIMITS is 'downloads=1\/1': expected /),
  ]);
});

test("on one machine loopback is http, stores are folders and the process listens on loopback only", () => {
  const config = readConfig({
    ...inTheCloud,
    PUBLIC_ORIGIN: "http://localhost:8080",
    IAP_KEY_SET_URL: "http://127.0.0.1:8080/keys",
    MEDIA_STORE: "file:///home/alice/my%20photos/media",
    RECORDS_STORE: "file:///home/alice/my%20photos/records",
    ADMINISTRATORS: "",
    PORT: "0",
  });
  expect(config).toMatchObject({
    mediaStore: { kind: "folder", folder: "/home/alice/my photos/media" },
    administrators: [],
    port: 0,
    host: "127.0.0.1",
  });
});

test("everything that is missing is reported at once", () => {
  const problems = problemsOf({});
  expect(problems).toHaveLength(runtimeVariables.length);
  for (const name of runtimeVariables)
    expect(problems.some((p) => p.startsWith(`${name} is missing`))).toBe(true);
});

test.each(runtimeVariables.filter((name) => name !== "ADMINISTRATORS"))("%s may not be empty", (name) => {
  expect(problemsOf({ ...inTheCloud, [name]: "" })).toHaveLength(1);
});

const mediaKey = { MEDIA_KEY: "AAECAwQFBgcICQoLDA0ODw==", MEDIA_KEY_NAME: "media-v1" };

test("photos are signed for an edge where there is a key, and streamed where there is none", () => {
  expect(readConfig(inTheCloud).mediaKey).toBeUndefined();
  const bytes = Buffer.from("000102030405060708090a0b0c0d0e0f", "hex");
  expect(readConfig({ ...inTheCloud, ...mediaKey }).mediaKey).toEqual({ name: "media-v1", bytes });
});

test.each([
  [{ MEDIA_KEY: undefined }, /^MEDIA_KEY is missing: expected it beside/],
  [{ MEDIA_KEY_NAME: "" }, /^MEDIA_KEY_NAME is missing: expected it beside/],
  [{ MEDIA_KEY: "AAECAwQFBgcICQoLDA0ODw" }, /^MEDIA_KEY is 22 characters: expected 16 bytes in base64url/],
  [{ MEDIA_KEY_NAME: "Media V1" }, /^MEDIA_KEY_NAME is 'Media V1': expected 1 to 63 small letters/],
])("half of a key, or one of another form, is refused: %j", (wrong, problem) => {
  const problems = problemsOf({ ...inTheCloud, ...mediaKey, ...wrong });
  expect(problems).toEqual([expect.stringMatching(problem)]);
  expect(problems[0]).not.toContain("AAEC");
});

test("the port is Cloud Run's own when nothing says otherwise", () => {
  expect(readConfig({ ...inTheCloud, PORT: undefined }).port).toBe(8080);
});

describe.each([
  [
    "PUBLIC_ORIGIN",
    ["photos.example.com", "http://photos.example.com", "https://a.example/", "https://a.example/x"],
  ],
  [
    "PUBLIC_ORIGIN",
    ["https://user@a.example", "HTTPS://a.example", "ftp://localhost", "https://a.example?x"],
  ],
  [
    "IAP_AUDIENCE",
    ["/projects/x/global/backendServices/1", "/projects/1/global/backendServices/", "audience"],
  ],
  ["PROJECT_ID", ["Imgstream", "1project", "short", "imgstream-dev-"]],
  ["IAP_AUDIENCE", ["/projects/1/global/backendServices/1 ", "x/projects/1/global/backendServices/1"]],
  [
    "IAP_KEY_SET_URL",
    ["http://www.gstatic.com/keys", "http://127.0.0.1.example.com/", "file:///keys", "keys"],
  ],
  ["IAP_KEY_SET_URL", ["http://localhost.example.com/", "https://u:p@www.gstatic.com/", "http://10.0.0.1/"]],
  ["IDENTITY_KEY", ["short", "0123456789abcdef0123456789abcde"]],
  [
    "MEDIA_STORE",
    ["imgstream-dev-media", "gs://", "gs://Bucket", "gs://bucket/folder", "s3://bucket", "file:///"],
  ],
  ["RECORDS_STORE", ["file://host/folder", "file:relative", "file:///a%2Fb", "file:///a?b", "/folder"]],
  ["CACHE_FOLDER", ["cache", "./cache"]],
  ["ADMINISTRATORS", ["admin", "a@example.com;b@example.com c@example.com", "@"]],
  ["PORT", ["http", "-1", "65536", "80.5", "8080 "]],
  ["PAGE_FOLDER", ["dist/web"]],
  ["STORAGE_EMULATOR_HOST", ["127.0.0.1:4443", "https://storage.example.com", "http://127.0.0.1:4443/x"]],
] as const)("%s", (name, wrong) => {
  test.each(wrong)("'%s' is refused with what is expected instead", (value) => {
    const problems = problemsOf({ ...inTheCloud, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} is .+: expected .+`));
  });
});

test("the two stores may not be one", () => {
  const problems = problemsOf({ ...inTheCloud, MEDIA_STORE: "gs://one", RECORDS_STORE: "gs://one" });
  expect(problems).toEqual([expect.stringMatching(/^RECORDS_STORE is the same as MEDIA_STORE/)]);
});

test("the identity key is never repeated in a complaint", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 8, maxLength: 31 }), (key) => {
      const problems = problemsOf({ ...inTheCloud, IDENTITY_KEY: key });
      expect(problems).toEqual([
        `IDENTITY_KEY is ${key.length} characters: expected at least 32 characters, kept secret and never changed`,
      ]);
    }),
  );
});

test("whatever the environment holds, there is a config or a list of complaints, never another error", () => {
  const value = fc.option(fc.oneof(fc.string(), fc.webUrl(), fc.constant("file:///%")), { nil: undefined });
  const environments = fc.record(Object.fromEntries(Object.keys(inTheCloud).map((name) => [name, value])));
  const isReported = fc.property(
    environments,
    (environment) => problemsOf(environment).length > 0 || readConfig(environment).audience !== "",
  );
  expect(() => fc.assert(isReported)).not.toThrow();
});
