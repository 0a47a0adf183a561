import { afterEach, expect, test } from "vitest";
import type { GoogleDouble } from "./google-double.ts";
import { runApplyProgram, startGoogleDouble } from "./google-double.ts";

let google: GoogleDouble | undefined;

afterEach(() => google?.close());

const key = Buffer.alloc(16, 7).toString("base64url");

async function run(version: number, keys: Record<string, string[]>, value = `${key}==`) {
  google = await startGoogleDouble((line) => {
    if (line === `GET /v1/projects/p/secrets/s/versions/${version}:access`) {
      return { body: { payload: { data: Buffer.from(value).toString("base64") } } };
    }
    const backend = /^GET \/compute\/v1\/projects\/p\/global\/backendBuckets\/([a-z]+)$/.exec(line)?.[1];
    if (backend !== undefined) return { body: { cdnPolicy: { signedUrlKeyNames: keys[backend] ?? [] } } };
    if (line.includes("SignedUrlKey")) return { body: { name: "operation-1", status: "RUNNING" } };
    if (line.includes("/operations/")) return { body: { name: "operation-1", status: "DONE" } };
    return undefined;
  });
  return runApplyProgram("signing-key", {
    ...google.variables,
    PROJECT: "p",
    SECRET: "s",
    VERSION: String(version),
    KEY_PREFIX: "media-v",
    BACKENDS: "originals,derivatives",
  });
}

const changes = (): string[] =>
  (google?.requests ?? [])
    .filter(({ line }) => line.startsWith("POST"))
    .map(({ line }) => line.replace(/.*backendBuckets\//, ""));

test("every backend gets the key of the secret's version", async () => {
  const { code, stdout, stderr } = await run(1, {});
  expect([code, stderr, stdout]).toEqual([0, "", "originals, derivatives sign with media-v1"]);
  expect(changes()).toEqual(["originals/addSignedUrlKey", "derivatives/addSignedUrlKey"]);
  const sent = google?.requests.find(({ line }) => line.startsWith("POST"));
  expect(sent?.body).toEqual({ keyName: "media-v1", keyValue: `${key}==` });
});

test("a backend that has the key is left alone", async () => {
  const { code } = await run(1, { originals: ["media-v1"], derivatives: ["media-v1"] });
  expect(code).toBe(0);
  expect(changes()).toEqual([]);
});

test("a rotation keeps the key before, deletes older ones, and leaves keys of others", async () => {
  const { code } = await run(3, {
    originals: ["media-v1", "media-v2", "by-hand"],
    derivatives: ["media-v2", "media-v3"],
  });
  expect(code).toBe(0);
  expect(changes()).toEqual(["originals/deleteSignedUrlKey?keyName=media-v1", "originals/addSignedUrlKey"]);
});

test("a value that is no key is refused without being shown", async () => {
  const { code, stderr } = await run(1, {}, "somebody's password");
  expect(code).toBe(1);
  expect(stderr).toBe("Version 1 of s must be 16 bytes in base64url to sign with: rotate it");
});

test("an operation of Google that fails, fails the apply with its words", async () => {
  google = await startGoogleDouble((line) => {
    if (line.includes(":access"))
      return { body: { payload: { data: Buffer.from(`${key}==`).toString("base64") } } };
    if (line.startsWith("GET") && line.includes("backendBuckets")) return { body: {} };
    if (line.includes("SignedUrlKey")) return { body: { name: "operation-1" } };
    return { body: { status: "DONE", error: { errors: [{ message: "Quota exceeded" }] } } };
  });
  const { code, stderr } = await runApplyProgram("signing-key", {
    ...google.variables,
    PROJECT: "p",
    SECRET: "s",
    VERSION: "1",
    KEY_PREFIX: "media-v",
    BACKENDS: "originals",
  });
  expect(code).toBe(1);
  expect(stderr).toContain("Quota exceeded");
});
