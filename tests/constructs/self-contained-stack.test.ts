import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GoogleProvider } from "@cdktf/provider-google/lib/provider/index.js";
import { StorageBucket } from "@cdktf/provider-google/lib/storage-bucket/index.js";
import { App, Aspects, TerraformOutput, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Labels } from "../../constructs/labels.ts";
import { checkRules, findViolations } from "../../constructs/rules/index.ts";
import { SelfContainedStack } from "../../constructs/self-contained-stack.ts";

let outdir = "";

beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "self-contained-"));
});
afterEach(() => {
  rmSync(outdir, { recursive: true });
});

function fill(stack: TerraformStack): StorageBucket {
  new GoogleProvider(stack, "google", { project: "acme-photos" });
  const bucket = new StorageBucket(stack, "media", {
    name: "media",
    location: "EU",
    publicAccessPrevention: "enforced",
    uniformBucketLevelAccess: true,
    lifecycle: { preventDestroy: true },
  });
  new TerraformOutput(stack, "address", { value: `gs://${bucket.name}/` });
  stack.addOverride("terraform.required_version", ">= 1.11");
  Aspects.of(stack).add(new Labels({ team: "photos" }));
  return bucket;
}

function write(stack: new (app: App, id: string) => TerraformStack): string {
  const app = new App({ outdir });
  fill(new stack(app, "production"));
  checkRules(app);
  app.synth();
  return readFileSync(join(outdir, "stacks/production/cdk.tf.json"), "utf8");
}

test("a stack that refers to no other is written as cdktf's own, to the byte", () => {
  expect(write(SelfContainedStack)).toBe(write(TerraformStack));
});

test("what is written is what the rules checked: a later change is neither", () => {
  const app = new App({ outdir });
  const stack = new SelfContainedStack(app, "production");
  const bucket = fill(stack);
  checkRules(app);
  bucket.node.addValidation({
    validate: () => {
      bucket.publicAccessPrevention = "inherited";
      return [];
    },
  });
  app.synth();
  const text = readFileSync(join(outdir, "stacks/production/cdk.tf.json"), "utf8");
  expect(text).toContain('"public_access_prevention": "enforced"');
});

test("every synthesis resolves it anew", () => {
  const app = new App({ outdir });
  const stack = new SelfContainedStack(app, "production");
  const bucket = fill(stack);
  checkRules(app);
  app.synth();
  Aspects.of(stack).add({
    visit(node: IConstruct) {
      if (node === bucket) bucket.publicAccessPrevention = "inherited";
    },
  });
  expect(() => app.synth()).toThrow("public_access_prevention is");
  expect(findViolations(stack).map(({ ruleId }) => ruleId)).toEqual(["bucket-public-access-prevention"]);
});
