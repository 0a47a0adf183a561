import { expect, test } from "vitest";
import { readRedisAddress } from "../../../app/redis/redis-address.ts";
import type { RedisVariable } from "../../../app/runtime-contract.ts";

const certificate = "-----BEGIN CERTIFICATE-----\nMIIB+w==\n-----END CERTIFICATE-----\n";

function read(given: Partial<Record<RedisVariable, string>>) {
  const problems: string[] = [];
  const nothing = { REDIS_URL: undefined, REDIS_PASSWORD: undefined, REDIS_CERTIFICATES: undefined };
  return {
    address: readRedisAddress({ ...nothing, ...given }, (problem) => problems.push(problem)),
    problems,
  };
}

const problemsOf = (given: Partial<Record<RedisVariable, string>>) => read(given).problems;

test("an environment without Redis has none", () => {
  expect(read({})).toEqual({ address: undefined, problems: [] });
});

test("Memorystore: an address, a password, and who signed its certificate", () => {
  const given = {
    REDIS_URL: "rediss://10.0.0.3:6378",
    REDIS_PASSWORD: "secret",
    REDIS_CERTIFICATES: certificate + certificate,
  };
  expect(read(given)).toEqual({
    address: { host: "10.0.0.3", port: 6378, password: "secret", certificates: certificate + certificate },
    problems: [],
  });
});

test("on this machine it may do without", () => {
  const bare = { password: undefined, certificates: undefined };
  expect(read({ REDIS_URL: "redis://127.0.0.1:6379" }).address).toEqual({
    host: "127.0.0.1",
    port: 6379,
    ...bare,
  });
  expect(read({ REDIS_URL: "redis://[::1]:6379" }).address).toEqual({ host: "::1", port: 6379, ...bare });
});

test.each([
  "10.0.0.3:6378",
  "redis://10.0.0.3:6379",
  "rediss://10.0.0.3",
  "rediss://:secret@10.0.0.3:6378",
  "rediss://10.0.0.3:6378/1",
  "rediss://10.0.0.3:6378?x=1",
  "https://10.0.0.3:6378",
])("an address is no other form, and is not repeated: %s", (REDIS_URL) => {
  const { address, problems } = read({ REDIS_URL, REDIS_CERTIFICATES: certificate });
  expect(address).toBeUndefined();
  expect(problems).toEqual([
    `REDIS_URL is ${REDIS_URL.length} characters: expected 'rediss://HOST:PORT' beside REDIS_CERTIFICATES, or ` +
      "'redis://HOST:PORT' for a loopback host, without anything more",
  ]);
});

test("each fault is said, and no password", () => {
  expect(problemsOf({ REDIS_PASSWORD: "secret", REDIS_CERTIFICATES: certificate })).toEqual([
    "REDIS_URL is missing: expected it beside REDIS_PASSWORD, or neither",
    "REDIS_URL is missing: expected it beside REDIS_CERTIFICATES, or neither",
  ]);
  expect(problemsOf({ REDIS_URL: "rediss://10.0.0.3:6378", REDIS_PASSWORD: "secret" })).toEqual([
    "REDIS_CERTIFICATES is missing: expected who signs Redis's certificate, beside a REDIS_URL of rediss:",
  ]);
  expect(problemsOf({ REDIS_URL: "redis://localhost:6379", REDIS_CERTIFICATES: certificate })).toEqual([
    "REDIS_CERTIFICATES is given: expected it beside a REDIS_URL of rediss: only",
  ]);
  expect(problemsOf({ REDIS_URL: "rediss://10.0.0.3:6378", REDIS_CERTIFICATES: "a file.pem" })).toEqual([
    "REDIS_CERTIFICATES is 10 characters: expected certificates in PEM",
  ]);
});
