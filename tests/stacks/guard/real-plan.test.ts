import { describe, expect, test } from "vitest";
import { findDestructiveChanges } from "../../../stacks/guard/destructive-change.ts";
import { readPlan } from "../../../stacks/guard/plan.ts";
import { hasGoogleProvider, hasTerraform, planWithTerraform, type Existing } from "./real-plan.ts";

const project = "imgstream-dev";
const bucket = (name: string): Existing => ({
  type: "google_storage_bucket",
  name,
  attributes: {
    id: `${project}-${name}`,
    name: `${project}-${name}`,
    location: "EU",
    project,
    force_destroy: false,
  },
});
const topic = (name: string): Existing => ({
  type: "google_pubsub_topic",
  name,
  attributes: { id: `projects/${project}/topics/${name}`, name, project },
});
const program: Existing = {
  type: "terraform_data",
  name: "push",
  attributes: {
    id: "11111111-1111-1111-1111-111111111111",
    triggers_replace: { type: "string", value: "image-1" },
  },
};

const needsTerraform = "needs Terraform: https://developer.hashicorp.com/terraform/install";

describe.skipIf(!hasTerraform && process.env["CI"] !== "true")(
  `plans of real Terraform (${needsTerraform})`,
  () => {
    test("a program that runs again is no loss", () => {
      const text = planWithTerraform(
        { resource: { terraform_data: { push: { triggers_replace: "image-2" } } } },
        [program],
      );
      const plan = readPlan(text);
      expect(plan.changes).toMatchObject([{ address: "terraform_data.push", actions: ["delete", "create"] }]);
      expect(findDestructiveChanges(plan)).toEqual([]);
    });

    test("a plan that changes nothing destroys nothing", () => {
      const plan = readPlan(planWithTerraform({ resource: { terraform_data: { push: {} } } }, []));
      expect(findDestructiveChanges(plan)).toEqual([]);
    });
  },
);

describe.skipIf(!hasGoogleProvider)(
  "a plan of the real Google provider (needs version 6.50.0 in ~/.terraform.d/plugins)",
  () => {
    test("names what is replaced and destroyed, what holds data first, and nothing else", () => {
      const configuration = {
        provider: { google: { project } },
        resource: {
          google_storage_bucket: {
            moved: { name: `${project}-moved`, location: "US", project },
            labelled: { name: `${project}-labelled`, location: "EU", project, labels: { unit: "imgstream" } },
          },
          google_pubsub_topic: {
            renamed: { name: "photo-events", project, lifecycle: { create_before_destroy: true } },
          },
        },
        removed: [{ from: "google_pubsub_topic.forgotten", lifecycle: [{ destroy: false }] }],
      };
      const existing = [
        topic("dropped"),
        topic("forgotten"),
        topic("renamed"),
        bucket("moved"),
        bucket("labelled"),
      ];
      const plan = readPlan(planWithTerraform(configuration, existing));

      expect(plan.projectId).toBe(project);
      expect(plan.changes.map(({ address, actions }) => [address, ...actions])).toEqual([
        ["google_pubsub_topic.dropped", "delete"],
        ["google_pubsub_topic.forgotten", "forget"],
        ["google_pubsub_topic.renamed", "create", "delete"],
        ["google_storage_bucket.labelled", "update"],
        ["google_storage_bucket.moved", "delete", "create"],
      ]);
      expect(findDestructiveChanges(plan)).toEqual([
        {
          address: "google_storage_bucket.moved",
          change: "replaced",
          because: ["location"],
          loses: "objects and their versions",
        },
        { address: "google_pubsub_topic.dropped", change: "destroyed", because: [] },
        { address: "google_pubsub_topic.renamed", change: "replaced, the new one first", because: ["name"] },
      ]);
    });
  },
);
