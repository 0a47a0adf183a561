import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GoogleProvider } from "@cdktf/provider-google/lib/provider/index.js";
import { StorageBucket } from "@cdktf/provider-google/lib/storage-bucket/index.js";
import { App, Aspects, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  allRules,
  checkRules,
  findViolations,
  RulePack,
  suppress,
  type Rule,
} from "../../../constructs/rules/index.ts";

const why = "This bucket is emptied every night, so that nothing is lost.";
let outdir = "";

beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "rule-pack-"));
});
afterEach(() => {
  rmSync(outdir, { recursive: true, force: true });
});

function newStack(app: App, id = "dev"): TerraformStack {
  const stack = new TerraformStack(app, id);
  new GoogleProvider(stack, "google", { project: "imgstream-dev" });
  return stack;
}

function openBucket(stack: TerraformStack, id = "media"): StorageBucket {
  return new StorageBucket(stack, id, { name: id, location: "EU" });
}

function goodBucket(stack: TerraformStack): StorageBucket {
  return new StorageBucket(stack, "good", {
    name: "good",
    location: "EU",
    publicAccessPrevention: "enforced",
    uniformBucketLevelAccess: true,
    labels: { unit: "imgstream" },
    lifecycle: { preventDestroy: true },
  });
}

const written = (stack: string) => existsSync(join(outdir, "stacks", stack, "cdk.tf.json"));
const ids = (stack: TerraformStack) => findViolations(stack).map(({ ruleId }) => ruleId);

test("a violation stops the synthesis, with every violation of the stack listed and nothing written", () => {
  const app = new App({ outdir });
  openBucket(newStack(app));
  checkRules(app);
  const failure = catchMessage(() => app.synth());
  for (const id of [
    "bucket-public-access-prevention",
    "bucket-uniform-access",
    "deletion-protection",
    "labels",
  ]) {
    expect(failure).toContain(`rule ${id}: `);
  }
  expect(failure).toContain(
    'google_storage_bucket.media (dev/media): public_access_prevention is not set, not "enforced"',
  );
  expect(failure).toContain('remedy: Set public_access_prevention to "enforced".');
  expect(written("dev")).toBe(false);
});

test("one synthesis lists the violations of all stacks, and writes those that have none", () => {
  const app = new App({ outdir });
  openBucket(newStack(app, "dev"));
  goodBucket(newStack(app, "staging"));
  openBucket(newStack(app, "production"), "records");
  checkRules(app);
  const failure = catchMessage(() => app.synth());
  expect(failure).toContain("the stack 'dev' was not written");
  expect(failure).toContain("google_storage_bucket.media (dev/media): public_access_prevention is not set");
  expect(failure).toContain(
    "google_storage_bucket.records (production/records): public_access_prevention is not set",
  );
  expect([written("dev"), written("staging"), written("production")]).toEqual([false, true, false]);
  expect(existsSync(join(outdir, "manifest.json"))).toBe(false);
});

test("a fault that is no rule's ends the synthesis as it is", () => {
  const app = new App({ outdir });
  const stack = newStack(app);
  goodBucket(stack);
  stack.node.addValidation({ validate: () => ["the tide is out"] });
  checkRules(app);
  const failure = catchMessage(() => app.synth());
  expect(failure).toContain("[dev] the tide is out");
  expect(failure).not.toContain("was not written");
});

test("a fault that is no rule's hides no violation of an earlier stack", () => {
  const app = new App({ outdir });
  openBucket(newStack(app, "dev"));
  const other = newStack(app, "staging");
  goodBucket(other);
  other.node.addValidation({ validate: () => ["the tide is out"] });
  checkRules(app);
  const failure = catchMessage(() => app.synth());
  expect(failure).toContain("google_storage_bucket.media (dev/media): public_access_prevention is not set");
  expect(failure).toContain("[staging] the tide is out");
});

test("a stack that keeps every rule is written", () => {
  const app = new App({ outdir });
  goodBucket(newStack(app));
  checkRules(app);
  app.synth();
  expect(readFileSync(join(outdir, "stacks/dev/cdk.tf.json"), "utf8")).toContain("google_storage_bucket");
});

test("what an aspect adds is seen, even when the aspect came after the rules", () => {
  const app = new App({ outdir });
  const stack = newStack(app);
  const bucket = goodBucket(stack);
  bucket.resetLabels();
  checkRules(app);
  Aspects.of(stack).add({
    visit(node: IConstruct) {
      if (node instanceof StorageBucket) node.labels = { unit: "imgstream" };
    },
  });
  expect(() => app.synth()).not.toThrow();
});

test("what an override of the stack adds is seen", () => {
  const app = new App({ outdir });
  const stack = newStack(app);
  goodBucket(stack);
  stack.addOverride("resource.google_storage_bucket.good.public_access_prevention", "inherited");
  expect(ids(stack)).toEqual(["bucket-public-access-prevention"]);
});

test("a stack that is declared after checkRules is reported", () => {
  const app = new App({ outdir });
  goodBucket(newStack(app));
  checkRules(app);
  openBucket(newStack(app, "late"));
  expect(catchMessage(() => app.synth())).toContain("the stack 'late' was declared after checkRules");
});

test("checkRules refuses an app without stacks", () => {
  expect(() => checkRules(new App({ outdir }))).toThrow("call it after the stacks are declared");
});

test("one stack of several can be checked alone", () => {
  const app = new App({ outdir });
  openBucket(newStack(app, "theirs"));
  const ours = newStack(app, "ours");
  goodBucket(ours);
  checkRules(ours);
  expect(() => app.synth()).not.toThrow();
});

test("a suppression excepts its construct and what is inside it, from its one rule", () => {
  const stack = newStack(new App({ outdir }));
  const bucket = goodBucket(stack);
  bucket.addOverride("lifecycle.prevent_destroy", false);
  bucket.addOverride("force_destroy", true);
  suppress(bucket, "emptied-on-destroy", why);
  expect(ids(stack)).toEqual(["deletion-protection"]);
  suppress(stack, "deletion-protection", why);
  expect(ids(stack)).toEqual([]);
});

test("a suppression does not reach beside its construct", () => {
  const stack = newStack(new App({ outdir }));
  for (const id of ["one", "two"]) openBucket(stack, id);
  suppress(stack.node.findChild("one"), "labels", why);
  const labels = findViolations(stack).filter(({ ruleId }) => ruleId === "labels");
  expect(labels.map(({ path }) => path)).toEqual(["dev/two"]);
});

test.each(["", "  ", "because", "needed     for     "])("the reason %j is refused", (reason) => {
  const stack = newStack(new App({ outdir }));
  expect(() => suppress(stack, "labels", reason)).toThrow(
    "A suppression of rule 'labels' at 'dev' needs a reason of at least 20 characters",
  );
});

test("a suppression that excepts nothing is reported with its reason", () => {
  const stack = newStack(new App({ outdir }));
  suppress(goodBucket(stack), "labels", why);
  expect(findViolations(stack)).toMatchObject([
    {
      ruleId: "suppression-in-use",
      path: "dev/good",
      what: `a suppression of 'labels' excepts nothing; its reason was: ${why}`,
    },
  ]);
});

test("a suppression of a rule that does not run is reported", () => {
  const stack = newStack(new App({ outdir }));
  suppress(goodBucket(stack), "label", why);
  expect(findViolations(stack)[0]?.what).toContain("names the rule 'label', which does not run here");
});

test("rules of one's own run beside the others, and two may not share an id", () => {
  const named: Rule = {
    id: "bucket-names",
    reason: "People look for it.",
    remedy: "Begin the name with the team's.",
    *findBreaches(stack) {
      for (const at of stack.resources("google_storage_bucket")) {
        if (!at.text("name")?.startsWith("team-")) yield { at, what: `the name is ${at.describe("name")}` };
      }
    },
  };
  const stack = newStack(new App({ outdir }));
  goodBucket(stack);
  expect(findViolations(stack, [...allRules, named])).toMatchObject([
    { ruleId: "bucket-names", what: 'the name is "good"' },
  ]);
  expect(() => new RulePack([named, named])).toThrow("Two rules have the id 'bucket-names'");
});

test("a breach of the whole stack is reported at the stack", () => {
  const rule: Rule = {
    id: "never",
    reason: "It never holds.",
    remedy: "None.",
    findBreaches: () => [{ what: "nothing is right" }],
  };
  const stack = newStack(new App({ outdir }));
  expect(findViolations(stack, [rule])).toMatchObject([
    { address: "dev", path: "dev", what: "nothing is right" },
  ]);
});

function catchMessage(action: () => void): string {
  try {
    action();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("nothing was thrown");
}
