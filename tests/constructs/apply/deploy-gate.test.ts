import { expect, test } from "vitest";
import { runApplyProgram } from "./google-double.ts";

const refusal = "environments/dev.ts:6: project.id is the example 'imgstream-dev': write your project's id";
const endpoints = { ENDPOINTS: "GOOGLE_COMPUTE_CUSTOM_ENDPOINT,GOOGLE_STORAGE_CUSTOM_ENDPOINT" };
const loopback = {
  GOOGLE_COMPUTE_CUSTOM_ENDPOINT: "http://127.0.0.1:8443/compute/v1/",
  GOOGLE_STORAGE_CUSTOM_ENDPOINT: "http://localhost:8443/storage/v1/",
};

test("a stack that nothing speaks against passes", async () => {
  const { code, stdout } = await runApplyProgram("deploy-gate", { ...endpoints });
  expect([code, stdout]).toEqual([0, "Nothing speaks against deploying"]);
});

test("against Google the refusals stop the apply, each with its file and line", async () => {
  const { code, stderr } = await runApplyProgram("deploy-gate", {
    ...endpoints,
    REFUSAL_1: refusal,
  });
  expect(code).toBe(1);
  expect(stderr).toBe(`This cannot be deployed to Google as it is:\n  - ${refusal}`);
});

test("against stand-ins of this machine the examples may be deployed", async () => {
  const { code, stdout } = await runApplyProgram("deploy-gate", {
    ...endpoints,
    ...loopback,
    REFUSAL_1: refusal,
  });
  expect(code).toBe(0);
  expect(stdout).toContain("Rehearsed on this machine");
});

test.each([
  ["is not redirected", {}],
  ["is on another machine", { GOOGLE_STORAGE_CUSTOM_ENDPOINT: "http://127.0.0.1.example.com/" }],
])("one product that %s is Google", async (_case, change) => {
  const { GOOGLE_STORAGE_CUSTOM_ENDPOINT: _storage, ...rest } = loopback;
  const { code } = await runApplyProgram("deploy-gate", {
    ...endpoints,
    ...rest,
    ...change,
    REFUSAL_1: refusal,
  });
  expect(code).toBe(1);
});
