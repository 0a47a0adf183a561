import { afterEach, expect, test } from "vitest";
import type { GoogleDouble } from "./google-double.ts";
import { runApplyProgram, startGoogleDouble } from "./google-double.ts";

let google: GoogleDouble | undefined;

afterEach(() => google?.close());

test("each service's account is asked for in its own way", async () => {
  google = await startGoogleDouble((line) => {
    if (line.includes("generateServiceIdentity")) {
      return { body: line.includes("iap") ? { name: "operations/1", done: true } : { name: "operations/2" } };
    }
    return { body: { done: true } };
  });
  const { code, stderr } = await runApplyProgram("service-identities", {
    ...google.variables,
    PROJECT: "p",
    SERVICES:
      "iap.googleapis.com,pubsub.googleapis.com,storage.googleapis.com,storagetransfer.googleapis.com",
  });
  expect([code, stderr]).toEqual([0, ""]);
  expect(google.requests.map(({ line }) => line)).toEqual([
    "POST /v1beta1/projects/p/services/iap.googleapis.com:generateServiceIdentity",
    "POST /v1beta1/projects/p/services/pubsub.googleapis.com:generateServiceIdentity",
    "GET /v1/operations/2",
    "GET /storage/v1/projects/p/serviceAccount",
    "GET /v1/googleServiceAccounts/p",
  ]);
});

test("what Google says of a missing permission is passed on", async () => {
  google = await startGoogleDouble(() => ({
    status: 403,
    body: { error: { message: "serviceusage.services.enable denied" } },
  }));
  const { code, stderr } = await runApplyProgram("service-identities", {
    ...google.variables,
    PROJECT: "p",
    SERVICES: "iap.googleapis.com",
  });
  expect(code).toBe(1);
  expect(stderr).toContain("was answered 403: serviceusage.services.enable denied");
});
