import { expect, test } from "vitest";
import { type EnvironmentName, environments } from "../../environments/index.ts";
import { PhotoPlatformStack } from "../../stacks/photo-platform-stack.ts";
import { synthesise } from "./plan-json.ts";

const synthesiseFacts = (name: EnvironmentName) =>
  synthesise((app) => new PhotoPlatformStack(app, name, environments[name]));

test.each([
  // Older versions, a day for the lifecycle to act, soft deletion, and a day until the copy follows.
  ["production", 30 + 1 + 30 + 1],
  ["staging", 14 + 1 + 14],
  ["dev", 7 + 1 + 7],
] as const)("%s tells who closes an account when the last copies are gone", (name, days) => {
  const told = synthesiseFacts(name).resources.filter(({ fields }) =>
    JSON.stringify(fields).includes(JSON.stringify({ name: "DELETED_KEPT_DAYS", value: `${days}` })),
  );
  expect(told.map(({ type }) => type)).toContain("google_cloud_run_v2_job");
  expect(told.length).toBeGreaterThanOrEqual(3);
});

test("production copies its records every day into another region", () => {
  const production = synthesiseFacts("production");
  expect(production.at("data/records-copy/bucket/bucket").fields).toMatchObject({
    name: "imgstream-production-records-copy",
    location: "EUROPE-NORTH1",
  });
  expect(production.at("data/records-copy/job").fields).toMatchObject({
    schedule: { repeat_interval: "86400s" },
    // What was deleted stays in the versions of the copy for a time, and not for ever.
    transfer_spec: { transfer_options: { delete_objects_unique_in_sink: true } },
  });
});
