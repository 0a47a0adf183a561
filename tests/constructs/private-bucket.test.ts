import { expect, test } from "vitest";
import { existingServiceAccount } from "../../constructs/principal.ts";
import { PrivateBucket } from "../../constructs/private-bucket.ts";
import { inStack } from "./in-stack.ts";

const placement = { kind: "region", region: "europe-west1" } as const;

test("what is left out closes access and protects data", () => {
  const { fields } = inStack((stack) => new PrivateBucket(stack, "b", { name: "bucket", placement })).at(
    "b/bucket",
  );
  expect(fields).toMatchObject({
    location: "EUROPE-WEST1",
    public_access_prevention: "enforced",
    uniform_bucket_level_access: true,
    versioning: { enabled: true },
    soft_delete_policy: { retention_duration_seconds: 604_800 },
    force_destroy: false,
    lifecycle: { prevent_destroy: true },
  });
});

test("a retention and versions exclude each other", () => {
  expect(() =>
    inStack(
      (stack) =>
        new PrivateBucket(stack, "b", { name: "bucket", placement, retention: { days: 30, locked: true } }),
    ),
  ).toThrow("got retention of 30 days and versions of 30: set keepVersionsDays to 0");
});

test("originals grow cold, and nothing else does", () => {
  const { fields } = inStack(
    (stack) =>
      new PrivateBucket(stack, "b", {
        name: "bucket",
        placement,
        ageing: { prefixes: ["photos/"], afterDays: 90, storageClass: "NEARLINE" },
      }),
  ).at("b/bucket");
  expect(fields["lifecycle_rule"]).toContainEqual({
    action: { type: "SetStorageClass", storage_class: "NEARLINE" },
    condition: {
      age: 90,
      matches_prefix: ["photos/"],
      matches_storage_class: ["STANDARD"],
      with_state: "LIVE",
    },
  });
});

test.each([
  ["grantRead", "roles/storage.objectViewer"],
  ["grantCreate", "roles/storage.objectCreator"],
  ["grantReadWrite", "roles/storage.objectUser"],
  ["grantInspect", "roles/storage.legacyBucketReader"],
] as const)("%s grants %s on this bucket only, and is kept among its grants", (verb, role) => {
  let kept = 0;
  const [grant] = inStack((stack) => {
    const bucket = new PrivateBucket(stack, "b", { name: "bucket", placement });
    bucket[verb](existingServiceAccount("web", "photos-web", "acme"));
    kept = bucket.grants.length;
  }).ofType("google_storage_bucket_iam_member");
  expect(grant?.fields).toMatchObject({
    role,
    member: "serviceAccount:photos-web@acme.iam.gserviceaccount.com",
  });
  expect(kept).toBe(1);
});
