import { afterEach, expect, test } from "vitest";
import type { Answer, GoogleDouble } from "./google-double.ts";
import { runApplyProgram, startGoogleDouble } from "./google-double.ts";

let google: GoogleDouble | undefined;

afterEach(() => google?.close());

/** A Secret Manager that holds versions in these states. */
async function run(version: number, states: readonly string[], firstReadsFail = 0) {
  const held = [...states];
  let failures = firstReadsFail;
  google = await startGoogleDouble((line): Answer | undefined => {
    if (failures > 0) {
      failures -= 1;
      return { status: 503, body: "<html>try later</html>" };
    }
    if (line === "POST /v1/projects/p/secrets/s:addVersion") {
      held.push("ENABLED");
      return { body: { name: `projects/123/secrets/s/versions/${held.length}`, state: "ENABLED" } };
    }
    const number = Number(/^GET \/v1\/projects\/p\/secrets\/s\/versions\/(\d+)$/.exec(line)?.[1]);
    const state = held[number - 1];
    return state === undefined ? undefined : { body: { name: line, state } };
  });
  return runApplyProgram("secret-version", {
    ...google.variables,
    PROJECT: "p",
    SECRET: "s",
    VERSION: String(version),
    BYTES: "16",
  });
}

function valueSent(): string | undefined {
  const made = google?.requests.find(({ line }) => line.startsWith("POST")) as
    | { body: { payload: { data: string } } }
    | undefined;
  return made && Buffer.from(made.body.payload.data, "base64").toString();
}

test("a version that is not there is made of random bytes, and never shown", async () => {
  const { code, stdout, stderr } = await run(1, []);
  expect([code, stderr, stdout]).toEqual([0, "", "projects/p/secrets/s has a new version 1"]);
  const value = valueSent() ?? "";
  expect(value).toMatch(/^[A-Za-z0-9_-]{22}==$/);
  expect(google?.requests[0]?.token).toBe("Bearer a-token");
});

test("a version that is there is left alone", async () => {
  const { code, stdout } = await run(2, ["ENABLED", "ENABLED"]);
  expect([code, stdout]).toEqual([0, "projects/p/secrets/s has version 2 already"]);
  expect(valueSent()).toBeUndefined();
});

test("raising the number by one makes the next version", async () => {
  const { code, stdout } = await run(2, ["ENABLED"]);
  expect([code, stdout]).toEqual([0, "projects/p/secrets/s has a new version 2"]);
});

test("a number that leaves one out is refused before anything is made", async () => {
  const { code, stderr } = await run(3, ["ENABLED"]);
  expect(code).toBe(1);
  expect(stderr).toContain("has no version 2, so the next one is not 3: raise the version by one at a time");
  expect(valueSent()).toBeUndefined();
});

test("a version that was disabled or destroyed is not replaced in silence", async () => {
  const { code, stderr } = await run(1, ["DESTROYED"]);
  expect(code).toBe(1);
  expect(stderr).toContain("Version 1 of projects/p/secrets/s is DESTROYED: enable it, or raise the version");
});

test("a number that Google gives differently is said with the number to write", async () => {
  const { code, stderr } = await run(1, []);
  expect([code, stderr]).toEqual([0, ""]);
  await google?.close();
  google = await startGoogleDouble((line) =>
    line.startsWith("POST") ? { body: { name: "projects/123/secrets/s/versions/7" } } : undefined,
  );
  const other = await runApplyProgram("secret-version", {
    ...google.variables,
    PROJECT: "p",
    SECRET: "s",
    VERSION: "1",
    BYTES: "32",
  });
  expect(other.code).toBe(1);
  expect(other.stderr).toContain("numbered its new version 7, not 1: write that number");
});

test("reads that fail for a moment are repeated", async () => {
  const { code } = await run(1, ["ENABLED"], 2);
  expect(code).toBe(0);
  expect(google?.requests).toHaveLength(3);
});

test("an endpoint on another machine is refused: a token would go there", async () => {
  const { code, stderr } = await runApplyProgram("secret-version", {
    GOOGLE_OAUTH_ACCESS_TOKEN: "a-token",
    GOOGLE_SECRET_MANAGER_CUSTOM_ENDPOINT: "http://10.0.0.1:8080/v1/",
    PROJECT: "p",
    SECRET: "s",
    VERSION: "1",
    BYTES: "16",
  });
  expect(code).toBe(1);
  expect(stderr).toContain("GOOGLE_SECRET_MANAGER_CUSTOM_ENDPOINT must be an address of this machine");
});
