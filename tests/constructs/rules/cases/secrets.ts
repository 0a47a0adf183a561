import { CloudRunV2Job } from "@cdktf/provider-google/lib/cloud-run-v2-job/index.js";
import { CloudRunV2Service } from "@cdktf/provider-google/lib/cloud-run-v2-service/index.js";
import { ComputeBackendBucketSignedUrlKey } from "@cdktf/provider-google/lib/compute-backend-bucket-signed-url-key/index.js";
import { ComputeBackendBucket } from "@cdktf/provider-google/lib/compute-backend-bucket/index.js";
import { MonitoringNotificationChannel } from "@cdktf/provider-google/lib/monitoring-notification-channel/index.js";
import { RedisInstance } from "@cdktf/provider-google/lib/redis-instance/index.js";
import { SecretManagerSecretIamMember } from "@cdktf/provider-google/lib/secret-manager-secret-iam-member/index.js";
import { SecretManagerSecretVersion } from "@cdktf/provider-google/lib/secret-manager-secret-version/index.js";
import { SecretManagerSecret } from "@cdktf/provider-google/lib/secret-manager-secret/index.js";
import { TerraformVariable, type ITerraformDependable, type TerraformStack } from "cdktf";
import { latestSecret } from "../../../../constructs/rules/secrets/latest-secret.ts";
import { secretGrantFirst } from "../../../../constructs/rules/secrets/secret-grant-first.ts";
import { secretInEnvironment } from "../../../../constructs/rules/secrets/secret-in-environment.ts";
import { secretValue } from "../../../../constructs/rules/secrets/secret-value.ts";
import { signingKeyInState } from "../../../../constructs/rules/edge/signing-key-in-state.ts";
import type { RuleCase } from "./rule-case.ts";

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueSource?: { readonly secretKeyRef: { readonly secret: string; readonly version?: string } };
}

function service(stack: TerraformStack, env: Variable[], dependsOn: ITerraformDependable[] = []): void {
  new CloudRunV2Service(stack, "it", {
    name: "web",
    location: "europe-west1",
    dependsOn,
    template: { containers: [{ image: "i", env }] },
  });
}

const secret = (stack: TerraformStack) =>
  new SecretManagerSecret(stack, "secret", { secretId: "identity-key", replication: { auto: {} } });

const grant = (stack: TerraformStack, secretId: string) =>
  new SecretManagerSecretIamMember(stack, "grant", {
    secretId,
    role: "roles/secretmanager.secretAccessor",
    member: "serviceAccount:web@p.iam.gserviceaccount.com",
  });

export const secrets: readonly RuleCase[] = [
  {
    rule: secretValue,
    breaks: [
      {
        build: (stack) => {
          new SecretManagerSecretVersion(stack, "it", { secret: "s", secretData: "hunter2" });
          new MonitoringNotificationChannel(stack, "channel", {
            type: "pagerduty",
            sensitiveLabels: { serviceKey: "hunter2" },
          });
        },
        says: [
          "google_secret_manager_secret_version.it: secret_data is set",
          "google_monitoring_notification_channel.channel: sensitive_labels.service_key is set",
        ],
      },
      {
        build: (stack) =>
          new SecretManagerSecretVersion(stack, "it", {
            secret: "s",
            secretDataWo: "hunter2",
            secretDataWoVersion: 1,
          }),
        says: ["google_secret_manager_secret_version.it: secret_data_wo is not an ephemeral variable"],
      },
    ],
    keeps: (stack) => {
      const value = new TerraformVariable(stack, "value", { type: "string", sensitive: true });
      value.addOverride("ephemeral", true);
      new SecretManagerSecretVersion(stack, "it", {
        secret: "s",
        secretDataWo: value.stringValue,
        secretDataWoVersion: 1,
      });
    },
  },
  {
    rule: secretInEnvironment,
    breaks: [
      {
        build: (stack) => {
          const cache = new RedisInstance(stack, "cache", { name: "cache", memorySizeGb: 1 });
          service(stack, [
            { name: "CACHE_AUTH", value: cache.authString },
            { name: "IDENTITY_KEY", value: "hunter2" },
          ]);
        },
        says: [
          "google_cloud_run_v2_service.it: the variable CACHE_AUTH is given a secret attribute of another resource",
          "google_cloud_run_v2_service.it: the variable IDENTITY_KEY is a plain value",
        ],
      },
    ],
    keeps: (stack) =>
      service(stack, [
        { name: "IDENTITY_KEY", valueSource: { secretKeyRef: { secret: "s", version: "1" } } },
        { name: "KEY_NAME", value: "media-1" },
      ]),
  },
  {
    rule: latestSecret,
    breaks: [
      {
        build: (stack) =>
          service(stack, [
            { name: "A", valueSource: { secretKeyRef: { secret: "s", version: "latest" } } },
            { name: "B", valueSource: { secretKeyRef: { secret: "t" } } },
          ]),
        says: [
          'google_cloud_run_v2_service.it: reads the secret "s" with version "latest"',
          'google_cloud_run_v2_service.it: reads the secret "t" with version not set',
        ],
      },
      {
        build: (stack) =>
          new CloudRunV2Job(stack, "it", {
            name: "job",
            location: "l",
            template: {
              template: {
                volumes: [{ name: "v", secret: { secret: "s", defaultMode: 256 } }],
              },
            },
          }),
        says: ['google_cloud_run_v2_job.it: reads the secret "s" with version not set'],
      },
    ],
    keeps: (stack) =>
      service(stack, [{ name: "A", valueSource: { secretKeyRef: { secret: "s", version: "3" } } }]),
  },
  {
    rule: secretGrantFirst,
    breaks: [
      {
        build: (stack) => {
          const { secretId } = secret(stack);
          grant(stack, secretId);
          service(stack, [{ name: "A", valueSource: { secretKeyRef: { secret: secretId, version: "1" } } }]);
        },
        says: [
          "google_cloud_run_v2_service.it: reads google_secret_manager_secret.secret, but waits for no grant on it",
        ],
      },
      {
        build: (stack) => {
          const { secretId } = secret(stack);
          const other = grant(stack, "another-secret");
          service(
            stack,
            [{ name: "A", valueSource: { secretKeyRef: { secret: secretId, version: "1" } } }],
            [other],
          );
        },
        says: [
          "google_cloud_run_v2_service.it: reads google_secret_manager_secret.secret, but waits for no grant on it",
        ],
      },
    ],
    keeps: (stack) => {
      const { secretId } = secret(stack);
      service(
        stack,
        [{ name: "A", valueSource: { secretKeyRef: { secret: secretId, version: "1" } } }],
        [grant(stack, secretId)],
      );
    },
  },
  {
    rule: signingKeyInState,
    breaks: [
      {
        build: (stack) =>
          new ComputeBackendBucketSignedUrlKey(stack, "it", {
            backendBucket: "media",
            name: "k1",
            keyValue: "AAAA",
          }),
        says: [
          "google_compute_backend_bucket_signed_url_key.it: google_compute_backend_bucket_signed_url_key puts key_value into the state",
        ],
      },
    ],
    keeps: (stack) =>
      new ComputeBackendBucket(stack, "it", { name: "media", bucketName: "media", enableCdn: true }),
  },
];
