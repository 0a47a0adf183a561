import { expect, test } from "vitest";
import { findDestructiveChanges } from "../../../stacks/guard/destructive-change.ts";
import { readPlan } from "../../../stacks/guard/plan.ts";

const change = (address: string, actions: string[], more: object = {}) => ({
  address,
  type: address.split(".")[0],
  change: { actions },
  ...more,
});

const plan = (changes: object[], more: object = {}) =>
  JSON.stringify({ format_version: "1.2", resource_changes: changes, ...more });

test.each([
  ["no JSON", "Terraform used the selected providers", "The plan is not JSON"],
  ["another JSON", '{"format_version":"1.0","values":{}}', "The file is no plan of Terraform"],
  ["a list", "[]", "The file is no plan of Terraform"],
  ["a later format", '{"format_version":"2.0","resource_changes":[]}', "format_version 2.0"],
  ["a plan that failed", plan([], { errored: true }), "The plan failed or is unfinished"],
  ["an unfinished plan", plan([], { complete: false }), "The plan failed or is unfinished"],
  [
    "a change without actions",
    plan([change("google_pubsub_topic.a", [])]),
    "without address, type or actions",
  ],
])("%s is refused with the way out", (_name, text, words) => {
  expect(() => readPlan(text)).toThrow(words);
});

test("a plan without changes of resources is a plan", () => {
  expect(readPlan('{"format_version":"1.2","planned_values":{}}').changes).toEqual([]);
});

test("creating, updating and reading destroy nothing", () => {
  const changes = [["create"], ["update"], ["read"], ["no-op"]].map((actions, at) =>
    change(`google_storage_bucket.b${at}`, actions),
  );
  expect(findDestructiveChanges(readPlan(plan(changes)))).toEqual([]);
});

test("what is left over of an earlier replacement is named with its key", () => {
  const left = change("google_compute_managed_ssl_certificate.a", ["delete"], { deposed: "b1946ac9" });
  expect(findDestructiveChanges(readPlan(plan([left])))).toEqual([
    {
      address: "google_compute_managed_ssl_certificate.a (deposed b1946ac9)",
      change: "destroyed",
      because: [],
    },
  ]);
});

test("a resource inside a module is judged by its type", () => {
  const inside = {
    address: "module.data.google_storage_bucket.a",
    type: "google_storage_bucket",
    change: { actions: ["delete"] },
  };
  expect(findDestructiveChanges(readPlan(plan([inside])))[0]?.loses).toBe("objects and their versions");
});

test("a nested argument that forces a replacement is named by its path", () => {
  const replaced = {
    ...change("google_redis_instance.a", ["delete", "create"]),
    change: { actions: ["delete", "create"], replace_paths: [["persistence_config", 0, "mode"], ["region"]] },
  };
  expect(findDestructiveChanges(readPlan(plan([replaced])))[0]?.because).toEqual([
    "persistence_config.0.mode",
    "region",
  ]);
});
