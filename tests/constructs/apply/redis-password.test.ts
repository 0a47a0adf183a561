import { afterEach, expect, test } from "vitest";
import type { Answer, GoogleDouble } from "./google-double.ts";
import { runApplyProgram, startGoogleDouble } from "./google-double.ts";

let google: GoogleDouble | undefined;

afterEach(() => google?.close());

const instance = "projects/p/locations/r/instances/i";

/** A Memorystore with this password, and a Secret Manager with versions of these values. */
async function run(version: number, password: string, values: readonly string[]) {
  const held = [...values];
  google = await startGoogleDouble((line, body): Answer | undefined => {
    if (line === `GET /v1/${instance}/authString`) return { body: { authString: password } };
    if (line === "POST /v1/projects/p/secrets/s:addVersion") {
      const { payload } = body as { payload: { data: string } };
      held.push(Buffer.from(payload.data, "base64").toString());
      return { body: { name: `projects/123/secrets/s/versions/${held.length}` } };
    }
    const [, number, access] =
      /^GET \/v1\/projects\/p\/secrets\/s\/versions\/(\d+)(:access)?$/.exec(line) ?? [];
    const value = held[Number(number) - 1];
    if (value === undefined) return undefined;
    return access === undefined
      ? { body: { state: "ENABLED" } }
      : { body: { payload: { data: Buffer.from(value).toString("base64") } } };
  });
  const { code, stdout, stderr } = await runApplyProgram("redis-password", {
    ...google.variables,
    PROJECT: "p",
    SECRET: "s",
    VERSION: String(version),
    INSTANCE: instance,
  });
  expect(stdout + stderr).not.toContain(password);
  return { code, stdout, stderr, held };
}

test("the instance's password becomes the version, and is never shown", async () => {
  const { code, stdout, stderr, held } = await run(1, "a-password", []);
  expect([code, stderr, stdout]).toEqual([0, "", "projects/p/secrets/s has a new version 1"]);
  expect(held).toEqual(["a-password"]);
});

test("a version that has it is left alone", async () => {
  const { code, stdout, held } = await run(1, "a-password", ["a-password"]);
  expect([code, stdout, held]).toEqual([0, "projects/p/secrets/s has version 1 already", ["a-password"]]);
});

test("an instance that has another password by now: the number to write is said, and nothing is made", async () => {
  const { code, stderr, held } = await run(1, "a-new-one", ["a-password"]);
  expect(code).toBe(1);
  expect(stderr).toContain(
    `Version 1 of projects/p/secrets/s is not the password of ${instance}, which has a new one: ` +
      "write 2 for it in the environment's facts",
  );
  expect(held).toEqual(["a-password"]);
});

test("the number after it takes the new one", async () => {
  const { code, held } = await run(2, "a-new-one", ["a-password"]);
  expect([code, held]).toEqual([0, ["a-password", "a-new-one"]]);
});

test("an instance without a password stops the apply", async () => {
  google = await startGoogleDouble((line) => (line.endsWith("/authString") ? { body: {} } : undefined));
  const { code, stderr } = await runApplyProgram("redis-password", {
    ...google.variables,
    PROJECT: "p",
    SECRET: "s",
    VERSION: "1",
    INSTANCE: instance,
  });
  expect(code).toBe(1);
  expect(stderr).toContain("authString");
});
