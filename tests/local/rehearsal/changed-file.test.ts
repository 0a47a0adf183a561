import { expect, test } from "vitest";
import { expectedChanges, planFaults } from "../../../local/rehearsal/steps/changed-file.ts";
import { changedArguments, type PlannedChange } from "../../../local/rehearsal/terraform.ts";

const declared = {
  resource: {
    google_cloud_run_v2_service: { web: {} },
    google_storage_bucket: { media: {} },
    terraform_data: { image_push: {}, gate: {} },
  },
};
const web: PlannedChange = {
  address: "google_cloud_run_v2_service.web",
  action: "update",
  arguments: ["template.0.containers.0.image", "template.0.containers.0.env.IMGSTREAM_VERSION.value"],
};
const push = { address: "terraform_data.image_push", action: "replace", arguments: ["triggers_replace.0"] };

test("a plan that touches the image and what runs it has no fault", () => {
  expect(planFaults([web, push], expectedChanges(declared))).toEqual([]);
});

test("what is missing, too much, of another kind or changes other arguments is told by its address", () => {
  const memory = "template.0.containers.0.resources.0.limits.memory";
  const faults = planFaults(
    [
      { ...web, arguments: [...web.arguments, memory] },
      { address: "google_storage_bucket.media", action: "update", arguments: ["labels.a"] },
    ],
    expectedChanges(declared),
  );
  expect(faults).toEqual([
    "terraform_data.image_push should change and does not",
    `google_cloud_run_v2_service.web: ${memory} has nothing to do with the file that changed`,
    "update google_storage_bucket.media: has nothing to do with the file that changed",
  ]);
  expect(planFaults([{ ...web, action: "replace" }, push], expectedChanges(declared))).toEqual([
    "replace google_cloud_run_v2_service.web: should be update",
  ]);
});

test("arguments that differ are told by their path, variables by their names, and not what the server decides", () => {
  const before = { env: [{ name: "A", value: "1" }], id: "x", rules: ["a"], uri: "u" };
  const after = { env: [{ name: "A", value: "2" }], rules: ["a", "b"], uri: "u" };
  expect(changedArguments(before, after, { id: true })).toEqual(["env.A.value", "rules.1"]);
  expect(changedArguments({ env: [{ name: "A" }] }, { env: [{ name: "B" }] }, {})).toEqual(["env.0.name"]);
  expect(changedArguments(before, before, undefined)).toEqual([]);
});
