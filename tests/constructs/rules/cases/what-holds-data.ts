import { ArtifactRegistryRepository } from "@cdktf/provider-google/lib/artifact-registry-repository/index.js";
import { BigqueryDataset } from "@cdktf/provider-google/lib/bigquery-dataset/index.js";
import { BigqueryTable } from "@cdktf/provider-google/lib/bigquery-table/index.js";
import { RedisInstance } from "@cdktf/provider-google/lib/redis-instance/index.js";
import { SecretManagerSecret } from "@cdktf/provider-google/lib/secret-manager-secret/index.js";
import { StorageBucket, type StorageBucketConfig } from "@cdktf/provider-google/lib/storage-bucket/index.js";
import { StorageDefaultObjectAcl } from "@cdktf/provider-google/lib/storage-default-object-acl/index.js";
import type { TerraformStack } from "cdktf";
import { bucketPublicAccessPrevention } from "../../../../constructs/rules/storage/bucket-public-access-prevention.ts";
import { bucketUniformAccess } from "../../../../constructs/rules/storage/bucket-uniform-access.ts";
import { deletionProtection } from "../../../../constructs/rules/storage/deletion-protection.ts";
import { emptiedOnDestroy } from "../../../../constructs/rules/storage/emptied-on-destroy.ts";
import { immutableTags } from "../../../../constructs/rules/storage/immutable-tags.ts";
import { openCache } from "../../../../constructs/rules/storage/open-cache.ts";
import type { RuleCase } from "./rule-case.ts";

const bucket = (stack: TerraformStack, config: Partial<StorageBucketConfig> = {}) =>
  new StorageBucket(stack, "it", { name: "media", location: "EU", ...config });

export const whatHoldsData: readonly RuleCase[] = [
  {
    rule: bucketPublicAccessPrevention,
    breaks: [
      {
        build: (stack) => bucket(stack),
        says: ['google_storage_bucket.it: public_access_prevention is not set, not "enforced"'],
      },
      {
        build: (stack) => bucket(stack, { publicAccessPrevention: "inherited" }),
        says: ['google_storage_bucket.it: public_access_prevention is "inherited", not "enforced"'],
      },
    ],
    keeps: (stack) => bucket(stack, { publicAccessPrevention: "enforced" }),
  },
  {
    rule: bucketUniformAccess,
    breaks: [
      {
        build: (stack) => bucket(stack),
        says: ["google_storage_bucket.it: uniform_bucket_level_access is not set"],
      },
      {
        build: (stack) => {
          bucket(stack, { uniformBucketLevelAccess: false });
          new StorageDefaultObjectAcl(stack, "acl", { bucket: "media" });
        },
        says: [
          "google_storage_bucket.it: uniform_bucket_level_access is false",
          "google_storage_default_object_acl.acl: google_storage_default_object_acl writes an access list",
        ],
      },
    ],
    keeps: (stack) => bucket(stack, { uniformBucketLevelAccess: true }),
  },
  {
    rule: deletionProtection,
    breaks: [
      {
        build: (stack) => bucket(stack, { lifecycle: { preventDestroy: false } }),
        says: [
          "google_storage_bucket.it: holds objects and their versions, but lifecycle.prevent_destroy is false",
        ],
      },
      {
        build: (stack) => {
          new SecretManagerSecret(stack, "it", { secretId: "key", replication: { auto: {} } });
          new BigqueryTable(stack, "table", { datasetId: "d", tableId: "t", deletionProtection: false });
        },
        says: [
          "google_secret_manager_secret.it: holds every version of a secret, but lifecycle.prevent_destroy is not set, and deletion_protection is not set",
          "google_bigquery_table.table: holds rows, but lifecycle.prevent_destroy is not set, and deletion_protection is false",
        ],
      },
    ],
    keeps: (stack) => {
      bucket(stack, { lifecycle: { preventDestroy: true } });
      new SecretManagerSecret(stack, "secret", {
        secretId: "key",
        deletionProtection: true,
        replication: { auto: {} },
      });
      new BigqueryTable(stack, "table", { datasetId: "d", tableId: "t" });
    },
  },
  {
    rule: emptiedOnDestroy,
    breaks: [
      {
        build: (stack) => {
          bucket(stack, { forceDestroy: true });
          new BigqueryDataset(stack, "set", { datasetId: "d", deleteContentsOnDestroy: true });
        },
        says: [
          "google_storage_bucket.it: force_destroy is true",
          "google_bigquery_dataset.set: delete_contents_on_destroy is true",
        ],
      },
    ],
    keeps: (stack) => {
      bucket(stack, { forceDestroy: false });
      new BigqueryDataset(stack, "set", { datasetId: "d" });
    },
  },
  {
    rule: immutableTags,
    breaks: [
      {
        build: (stack) =>
          new ArtifactRegistryRepository(stack, "it", {
            repositoryId: "images",
            format: "DOCKER",
            cleanupPolicies: [
              { id: "old", action: "DELETE", condition: { tagState: "ANY", olderThan: "30d" } },
            ],
          }),
        says: [
          "google_artifact_registry_repository.it: docker_config.immutable_tags is not set",
          'google_artifact_registry_repository.it: the clean-up policy "old" deletes tag_state "ANY"',
        ],
      },
    ],
    keeps: (stack) =>
      new ArtifactRegistryRepository(stack, "it", {
        repositoryId: "images",
        format: "DOCKER",
        dockerConfig: { immutableTags: true },
        cleanupPolicies: [
          { id: "untagged", action: "DELETE", condition: { tagState: "UNTAGGED", olderThan: "7d" } },
          { id: "last", action: "KEEP", mostRecentVersions: { keepCount: 10 } },
        ],
      }),
  },
  {
    rule: openCache,
    breaks: [
      {
        build: (stack) =>
          new RedisInstance(stack, "it", { name: "cache", memorySizeGb: 1, authEnabled: false }),
        says: [
          "google_redis_instance.it: auth_enabled is false",
          "google_redis_instance.it: transit_encryption_mode is not set",
        ],
      },
    ],
    keeps: (stack) =>
      new RedisInstance(stack, "it", {
        name: "cache",
        memorySizeGb: 1,
        authEnabled: true,
        transitEncryptionMode: "SERVER_AUTHENTICATION",
      }),
  },
];
