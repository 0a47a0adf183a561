import { CloudRunV2Service } from "@cdktf/provider-google/lib/cloud-run-v2-service/index.js";
import { CloudRunV2ServiceIamMember } from "@cdktf/provider-google/lib/cloud-run-v2-service-iam-member/index.js";
import { CloudRunV2Job } from "@cdktf/provider-google/lib/cloud-run-v2-job/index.js";
import { ComputeBackendService } from "@cdktf/provider-google/lib/compute-backend-service/index.js";
import { DataGoogleIamPolicy } from "@cdktf/provider-google/lib/data-google-iam-policy/index.js";
import { IamWorkloadIdentityPoolProvider } from "@cdktf/provider-google/lib/iam-workload-identity-pool-provider/index.js";
import { IapBrand } from "@cdktf/provider-google/lib/iap-brand/index.js";
import { ProjectIamBinding } from "@cdktf/provider-google/lib/project-iam-binding/index.js";
import { ProjectIamMember } from "@cdktf/provider-google/lib/project-iam-member/index.js";
import { ProjectIamPolicy } from "@cdktf/provider-google/lib/project-iam-policy/index.js";
import { ServiceAccountIamMember } from "@cdktf/provider-google/lib/service-account-iam-member/index.js";
import { ServiceAccountKey } from "@cdktf/provider-google/lib/service-account-key/index.js";
import { StorageBucketAcl } from "@cdktf/provider-google/lib/storage-bucket-acl/index.js";
import { StorageBucketIamMember } from "@cdktf/provider-google/lib/storage-bucket-iam-member/index.js";
import type { TerraformStack } from "cdktf";
import { authoritativeIam } from "../../../../constructs/rules/iam/authoritative-iam.ts";
import { federationCondition } from "../../../../constructs/rules/iam/federation-condition.ts";
import { federationEvent } from "../../../../constructs/rules/iam/federation-event.ts";
import { identityProxyBrand } from "../../../../constructs/rules/iam/identity-proxy-brand.ts";
import { invoker } from "../../../../constructs/rules/iam/invoker.ts";
import { primitiveRole } from "../../../../constructs/rules/iam/primitive-role.ts";
import { publicAccess } from "../../../../constructs/rules/iam/public-access.ts";
import { serviceAccountKey } from "../../../../constructs/rules/iam/service-account-key.ts";
import { workloadAccount } from "../../../../constructs/rules/iam/workload-account.ts";
import type { RuleCase } from "./rule-case.ts";

const group = "group:photos@example.com";
const account = "serviceAccount:web@imgstream-dev.iam.gserviceaccount.com";
const image = "europe-west1-docker.pkg.dev/p/r/web:0123456789ab";

function provide(stack: TerraformStack, attributeCondition: string, id = "it"): void {
  new IamWorkloadIdentityPoolProvider(stack, id, {
    workloadIdentityPoolId: "github",
    workloadIdentityPoolProviderId: "github",
    attributeCondition,
    oidc: { issuerUri: "https://token.actions.githubusercontent.com" },
  });
}

export const whoMayDoWhat: readonly RuleCase[] = [
  {
    rule: publicAccess,
    breaks: [
      {
        build: (stack) =>
          new StorageBucketIamMember(stack, "it", {
            bucket: "b",
            role: "roles/storage.objectViewer",
            member: "allUsers",
          }),
        says: ["google_storage_bucket_iam_member.it: grants roles/storage.objectViewer to allUsers"],
      },
      {
        build: (stack) =>
          new ProjectIamBinding(stack, "it", {
            project: "p",
            role: "roles/run.invoker",
            members: [group, "allAuthenticatedUsers"],
          }),
        says: ["google_project_iam_binding.it: grants roles/run.invoker to allAuthenticatedUsers"],
      },
      {
        build: (stack) => {
          const policy = new DataGoogleIamPolicy(stack, "policy", {
            binding: [{ role: "roles/viewer", members: ["allUsers"] }],
          });
          new ProjectIamPolicy(stack, "it", { project: "p", policyData: policy.policyData });
        },
        says: ["google_project_iam_policy.it: grants roles/viewer to allUsers"],
      },
      {
        build: (stack) =>
          new ProjectIamPolicy(stack, "it", {
            project: "p",
            policyData: JSON.stringify({ bindings: [{ role: "roles/viewer", members: ["allUsers"] }] }),
          }),
        says: ["google_project_iam_policy.it: grants roles/viewer to allUsers"],
      },
      {
        build: (stack) => {
          new StorageBucketAcl(stack, "it", { bucket: "b", predefinedAcl: "publicRead" });
          new StorageBucketAcl(stack, "other", { bucket: "b", roleEntity: ["READER:allUsers"] });
        },
        says: [
          "google_storage_bucket_acl.other: grants READER to allUsers",
          'google_storage_bucket_acl.it: predefined_acl is "publicRead"',
        ],
      },
      {
        build: (stack) =>
          new CloudRunV2Service(stack, "it", {
            name: "web",
            location: "europe-west1",
            template: {},
            invokerIamDisabled: true,
          }),
        says: [
          "google_cloud_run_v2_service.it: invoker_iam_disabled is true, so that nobody is asked who they are",
        ],
      },
    ],
    keeps: (stack) =>
      new StorageBucketIamMember(stack, "it", {
        bucket: "b",
        role: "roles/storage.objectViewer",
        member: group,
      }),
  },
  {
    rule: authoritativeIam,
    breaks: [
      {
        build: (stack) =>
          new ProjectIamBinding(stack, "it", { project: "p", role: "roles/run.invoker", members: [account] }),
        says: [
          'google_project_iam_binding.it: google_project_iam_binding is authoritative for "roles/run.invoker"',
        ],
      },
      {
        build: (stack) => new ProjectIamPolicy(stack, "it", { project: "p", policyData: "{}" }),
        says: ["google_project_iam_policy.it: google_project_iam_policy is authoritative for not set"],
      },
    ],
    keeps: (stack) =>
      new ProjectIamMember(stack, "it", { project: "p", role: "roles/run.invoker", member: account }),
  },
  {
    rule: primitiveRole,
    breaks: [
      {
        build: (stack) =>
          new ProjectIamMember(stack, "it", { project: "p", role: "roles/editor", member: account }),
        says: [`google_project_iam_member.it: grants roles/editor to ${account}`],
      },
    ],
    keeps: (stack) =>
      new ProjectIamMember(stack, "it", { project: "p", role: "roles/run.viewer", member: account }),
  },
  {
    rule: serviceAccountKey,
    breaks: [
      {
        build: (stack) => new ServiceAccountKey(stack, "it", { serviceAccountId: "web" }),
        says: ["google_service_account_key.it: google_service_account_key makes a key that lives on"],
      },
    ],
    keeps: (stack) =>
      new ServiceAccountIamMember(stack, "it", {
        serviceAccountId: "web",
        role: "roles/iam.workloadIdentityUser",
        member: account,
      }),
  },
  {
    rule: workloadAccount,
    breaks: [
      {
        build: (stack) => {
          new CloudRunV2Service(stack, "it", {
            name: "web",
            location: "l",
            template: { containers: [{ image }] },
          });
          new CloudRunV2Job(stack, "job", {
            name: "job",
            location: "l",
            template: { template: { serviceAccount: "123-compute@developer.gserviceaccount.com" } },
          });
        },
        says: [
          "google_cloud_run_v2_service.it: template.service_account is not set",
          "google_cloud_run_v2_job.job: template.template.service_account is the default account 123-compute@developer.gserviceaccount.com",
        ],
      },
    ],
    keeps: (stack) => {
      new CloudRunV2Service(stack, "it", {
        name: "web",
        location: "l",
        template: { serviceAccount: account },
      });
      new CloudRunV2Job(stack, "job", {
        name: "j",
        location: "l",
        template: { template: { serviceAccount: account } },
      });
    },
  },
  {
    rule: invoker,
    breaks: [
      {
        build: (stack) =>
          new CloudRunV2ServiceIamMember(stack, "it", {
            name: "web",
            role: "roles/run.invoker",
            member: group,
          }),
        says: [
          `google_cloud_run_v2_service_iam_member.it: grants roles/run.invoker to ${group}, which is no service account`,
        ],
      },
    ],
    keeps: (stack) =>
      new CloudRunV2ServiceIamMember(stack, "it", {
        name: "web",
        role: "roles/run.invoker",
        member: account,
      }),
  },
  {
    rule: federationCondition,
    breaks: [
      {
        build: (stack) => {
          new IamWorkloadIdentityPoolProvider(stack, "it", {
            workloadIdentityPoolId: "github",
            workloadIdentityPoolProviderId: "github",
            oidc: { issuerUri: "https://token.actions.githubusercontent.com" },
          });
          new ServiceAccountIamMember(stack, "grant", {
            serviceAccountId: "deployer",
            role: "roles/iam.workloadIdentityUser",
            member:
              "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/github/*",
          });
        },
        says: [
          "google_iam_workload_identity_pool_provider.it: attribute_condition is not set",
          "google_service_account_iam_member.grant: grants roles/iam.workloadIdentityUser to the whole pool principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/github/*",
        ],
      },
      {
        build: (stack) =>
          new IamWorkloadIdentityPoolProvider(stack, "it", {
            workloadIdentityPoolId: "github",
            workloadIdentityPoolProviderId: "github",
            attributeCondition: "assertion.repository == 'example/imgstream'",
            oidc: { issuerUri: "https://token.actions.githubusercontent.com" },
          }),
        says: [
          "google_iam_workload_identity_pool_provider.it: attribute_condition tells repositories by names alone: assertion.repository == 'example/imgstream'",
        ],
      },
    ],
    keeps: (stack) => {
      new IamWorkloadIdentityPoolProvider(stack, "it", {
        workloadIdentityPoolId: "github",
        workloadIdentityPoolProviderId: "github",
        attributeCondition: 'assertion.repository_id == "1000000001"',
        oidc: { issuerUri: "https://token.actions.githubusercontent.com" },
      });
      new ServiceAccountIamMember(stack, "grant", {
        serviceAccountId: "deployer",
        role: "roles/iam.workloadIdentityUser",
        member:
          "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/github/attribute.repository_id/1000000001",
      });
    },
  },
  {
    rule: federationEvent,
    breaks: [
      {
        build: (stack) => provide(stack, "assertion.ref == 'refs/heads/main'"),
        says: [
          "google_iam_workload_identity_pool_provider.it: attribute_condition lets runs in whatever started them: assertion.ref == 'refs/heads/main'",
        ],
      },
      {
        build: (stack) => provide(stack, "assertion.event_name != 'pull_request_target'"),
        says: [
          "google_iam_workload_identity_pool_provider.it: attribute_condition lets runs in whatever started them: assertion.event_name != 'pull_request_target'",
        ],
      },
      {
        build: (stack) =>
          provide(stack, "assertion.event_name == 'push' || assertion.event_name == 'issue_comment'"),
        says: [
          "google_iam_workload_identity_pool_provider.it: attribute_condition lets in runs of issue_comment, which strangers start: assertion.event_name == 'push' || assertion.event_name == 'issue_comment'",
        ],
      },
      {
        build: (stack) => provide(stack, `assertion.event_name in ["push", "workflow_run"]`),
        says: [
          `google_iam_workload_identity_pool_provider.it: attribute_condition lets in runs of workflow_run, which strangers start: assertion.event_name in ["push", "workflow_run"]`,
        ],
      },
    ],
    keeps: (stack) => {
      provide(stack, "assertion.ref == 'refs/heads/main' && assertion.event_name == 'push'");
      provide(stack, "assertion['event_name'] in ['push', 'schedule']", "other");
      new IamWorkloadIdentityPoolProvider(stack, "elsewhere", {
        workloadIdentityPoolId: "build",
        workloadIdentityPoolProviderId: "build",
        attributeCondition: "assertion.project == 'photos'",
        oidc: { issuerUri: "https://tokens.example.com" },
      });
    },
  },
  {
    rule: identityProxyBrand,
    breaks: [
      {
        build: (stack) => {
          new IapBrand(stack, "it", { applicationTitle: "Photos", supportEmail: "a@example.com" });
          new ComputeBackendService(stack, "web", {
            name: "web",
            iap: { enabled: true, oauth2ClientId: "id" },
          });
        },
        says: [
          "google_iap_brand.it: google_iap_brand no longer works",
          "google_compute_backend_service.web: iap.oauth2_client_id is set",
        ],
      },
    ],
    keeps: (stack) => new ComputeBackendService(stack, "web", { name: "web", iap: { enabled: true } }),
  },
];
