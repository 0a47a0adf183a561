import { CloudRunV2Job } from "@cdktf/provider-google/lib/cloud-run-v2-job/index.js";
import {
  CloudRunV2Service,
  type CloudRunV2ServiceConfig,
} from "@cdktf/provider-google/lib/cloud-run-v2-service/index.js";
import { ComputeFirewall } from "@cdktf/provider-google/lib/compute-firewall/index.js";
import type { TerraformStack } from "cdktf";
import { betaField } from "../../../../constructs/rules/run/beta-field.ts";
import { explicitDeletionProtection } from "../../../../constructs/rules/run/explicit-deletion-protection.ts";
import { floatingImage } from "../../../../constructs/rules/run/floating-image.ts";
import { mountedBucket } from "../../../../constructs/rules/run/mounted-bucket.ts";
import { openIngress } from "../../../../constructs/rules/run/open-ingress.ts";
import { revisionName } from "../../../../constructs/rules/run/revision-name.ts";
import { serviceScaling } from "../../../../constructs/rules/run/service-scaling.ts";
import type { RuleCase } from "./rule-case.ts";

const service = (stack: TerraformStack, config: Partial<CloudRunV2ServiceConfig> = {}) =>
  new CloudRunV2Service(stack, "it", { name: "web", location: "europe-west1", template: {}, ...config });

const image = (stack: TerraformStack, name: string) =>
  service(stack, { template: { containers: [{ image: name }] } });

export const whatRuns: readonly RuleCase[] = [
  {
    rule: openIngress,
    breaks: [
      { build: (stack) => service(stack), says: ["google_cloud_run_v2_service.it: ingress is not set"] },
      {
        build: (stack) => {
          service(stack, { ingress: "INGRESS_TRAFFIC_ALL" });
          new ComputeFirewall(stack, "firewall", {
            name: "all",
            network: "n",
            allow: [{ protocol: "tcp" }],
            sourceRanges: ["0.0.0.0/0"],
          });
        },
        says: [
          'google_cloud_run_v2_service.it: ingress is "INGRESS_TRAFFIC_ALL"',
          "google_compute_firewall.firewall: lets in 0.0.0.0/0",
        ],
      },
    ],
    keeps: (stack) => {
      service(stack, { ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" });
      new ComputeFirewall(stack, "firewall", {
        name: "out",
        network: "n",
        direction: "EGRESS",
        allow: [{ protocol: "tcp" }],
      });
    },
  },
  {
    rule: serviceScaling,
    breaks: [
      {
        build: (stack) => service(stack),
        says: [
          "google_cloud_run_v2_service.it: scaling is not set at the service",
          "google_cloud_run_v2_service.it: template.scaling.max_instance_count is not set, so that nothing bounds the bill",
        ],
      },
    ],
    keeps: (stack) =>
      service(stack, {
        scaling: { minInstanceCount: 0 },
        template: { scaling: { minInstanceCount: 0, maxInstanceCount: 5 } },
      }),
  },
  {
    rule: revisionName,
    breaks: [
      {
        build: (stack) => service(stack, { template: { revision: "web-7" } }),
        says: ['google_cloud_run_v2_service.it: template.revision is "web-7"'],
      },
    ],
    keeps: (stack) => service(stack),
  },
  {
    rule: explicitDeletionProtection,
    breaks: [
      {
        build: (stack) => service(stack),
        says: ["google_cloud_run_v2_service.it: deletion_protection is not set"],
      },
      {
        build: (stack) =>
          new CloudRunV2Job(stack, "it", { name: "job", location: "l", template: { template: {} } }),
        says: ["google_cloud_run_v2_job.it: deletion_protection is not set"],
      },
    ],
    keeps: (stack) => service(stack, { deletionProtection: false }),
  },
  {
    rule: betaField,
    breaks: [
      {
        build: (stack) => service(stack).addOverride("default_uri_disabled", true),
        says: ["google_cloud_run_v2_service.it: default_uri_disabled is set, which only google-beta knows"],
      },
      {
        build: (stack) =>
          stack.addOverride("resource.google_project_service_identity.iap", {
            service: "iap.googleapis.com",
          }),
        says: [
          "google_project_service_identity.iap: google_project_service_identity exists only in google-beta",
        ],
      },
    ],
    keeps: (stack) => service(stack, { ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY" }),
  },
  {
    rule: floatingImage,
    breaks: [
      {
        build: (stack) => image(stack, "europe-west1-docker.pkg.dev/p/r/web:latest"),
        says: ["google_cloud_run_v2_service.it: the image is europe-west1-docker.pkg.dev/p/r/web:latest"],
      },
      {
        build: (stack) => image(stack, "localhost:5000/web"),
        says: ["google_cloud_run_v2_service.it: the image is localhost:5000/web"],
      },
    ],
    keeps: (stack) => {
      image(stack, "europe-west1-docker.pkg.dev/p/r/web:3f1c9a");
      new CloudRunV2Job(stack, "job", {
        name: "job",
        location: "l",
        template: { template: { containers: [{ image: `r/web@sha256:${"a".repeat(64)}` }] } },
      });
    },
  },
  {
    rule: mountedBucket,
    breaks: [
      {
        build: (stack) =>
          service(stack, { template: { volumes: [{ name: "data", gcs: { bucket: "records" } }] } }),
        says: ['google_cloud_run_v2_service.it: mounts the bucket "records"'],
      },
    ],
    keeps: (stack) =>
      service(stack, {
        template: { volumes: [{ name: "cache", emptyDir: { medium: "MEMORY", sizeLimit: "64Mi" } }] },
      }),
  },
];
