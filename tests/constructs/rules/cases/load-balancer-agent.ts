import { ComputeBackendBucket } from "@cdktf/provider-google/lib/compute-backend-bucket/index.js";
import { ProjectIamMember } from "@cdktf/provider-google/lib/project-iam-member/index.js";
import { StorageBucketIamMember } from "@cdktf/provider-google/lib/storage-bucket-iam-member/index.js";
import { StorageBucket } from "@cdktf/provider-google/lib/storage-bucket/index.js";
import { type ITerraformDependable, TerraformResource, type TerraformStack } from "cdktf";
import { fillGrantAfterKey } from "../../../../constructs/rules/edge/fill-grant-after-key.ts";
import { loadBalancerAgent } from "../../../../constructs/rules/edge/load-balancer-agent.ts";
import type { RuleCase } from "./rule-case.ts";

const role = "roles/storage.objectViewer";
const loadBalancer = "serviceAccount:service-100000000001@https-lb.iam.gserviceaccount.com";
const signedFill = "serviceAccount:service-100000000001@cloud-cdn-fill.iam.gserviceaccount.com";

function granted(stack: TerraformStack, member: string, id = "it"): string {
  const bucket = new StorageBucket(stack, `${id}-bucket`, { name: "media", location: "EU" });
  new StorageBucketIamMember(stack, id, { bucket: bucket.name, role, member });
  return bucket.name;
}

const says = (why: string): readonly [string] => [
  `google_storage_bucket_iam_member.it: grants ${role} to ${loadBalancer}, but ${why}`,
];

export const loadBalancerAgentCase: RuleCase = {
  rule: loadBalancerAgent,
  breaks: [
    {
      build: (stack) => {
        const bucketName = granted(stack, loadBalancer);
        new ComputeBackendBucket(stack, "edge", {
          name: "media",
          bucketName,
          enableCdn: true,
          cdnPolicy: { signedUrlCacheMaxAgeSec: 3600 },
        });
      },
      says: says(
        "google_compute_backend_bucket.edge serves google_storage_bucket.it-bucket by signed requests",
      ),
    },
    {
      build: (stack) => {
        const bucketName = granted(stack, loadBalancer);
        new ComputeBackendBucket(stack, "edge", { name: "media", bucketName });
        new StorageBucketIamMember(stack, "fill", { bucket: bucketName, role, member: signedFill });
      },
      says: says("google_storage_bucket.it-bucket is also granted to the agent for signed requests"),
    },
    {
      build: (stack) => granted(stack, loadBalancer),
      says: says("google_storage_bucket.it-bucket is the origin of no backend bucket"),
    },
    {
      build: (stack) =>
        new StorageBucketIamMember(stack, "it", { bucket: "of-somebody-else", role, member: loadBalancer }),
      says: says("nothing says that this bucket may be seen by everybody"),
    },
    {
      build: (stack) => new ProjectIamMember(stack, "it", { project: "p", role, member: loadBalancer }),
      says: [`google_project_iam_member.it: grants ${role} to ${loadBalancer} on more than one bucket`],
    },
  ],
  keeps: (stack) => {
    new ComputeBackendBucket(stack, "assets", {
      name: "assets",
      bucketName: granted(stack, loadBalancer, "assets-grant"),
    });
    new ComputeBackendBucket(stack, "media", {
      name: "media",
      bucketName: granted(stack, signedFill, "media-grant"),
      cdnPolicy: { signedUrlCacheMaxAgeSec: 3600 },
    });
  },
};

function fills(stack: TerraformStack, dependsOn: ITerraformDependable[]): void {
  new StorageBucketIamMember(stack, "it", { bucket: "media", role, member: signedFill, dependsOn });
}

export const fillGrantAfterKeyCase: RuleCase = {
  rule: fillGrantAfterKey,
  breaks: [
    {
      build: (stack) => fills(stack, []),
      says: [
        `google_storage_bucket_iam_member.it: grants ${role} to ${signedFill}, but waits for no signing key`,
      ],
    },
    {
      // A step that knows no backend bucket makes no key of one.
      build: (stack) =>
        fills(stack, [new TerraformResource(stack, "gate", { terraformResourceType: "terraform_data" })]),
      says: [
        `google_storage_bucket_iam_member.it: grants ${role} to ${signedFill}, but waits for no signing key`,
      ],
    },
  ],
  keeps: (stack) => {
    const edge = new ComputeBackendBucket(stack, "edge", { name: "media", bucketName: "media" });
    const key = { terraformResourceType: "terraform_data", dependsOn: [edge] };
    fills(stack, [new TerraformResource(stack, "key", key)]);
    new StorageBucketIamMember(stack, "public", { bucket: "assets", role, member: loadBalancer });
  },
};
