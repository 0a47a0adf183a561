/** How Terraform can be kept from deleting a resource of this type. */
interface DataHolder {
  /** The provider's own argument, and the values of it that protect; absent where there is only `prevent_destroy`. */
  readonly argument?: string;
  readonly protects?: readonly (string | boolean)[];
  /** Whether the provider protects when the argument is left out. */
  readonly protectedByDefault?: boolean;
  /** What is lost, in a few words. */
  readonly holds: string;
}

const objects = "objects and their versions";

/**
 * The resource types whose deletion loses what cannot be made again by an apply. The rule
 * `deletion-protection` wants each of them protected; the guard over plans is louder for them.
 */
export const dataHolders: Readonly<Record<string, DataHolder>> = {
  google_storage_bucket: { holds: objects },
  google_artifact_registry_repository: { holds: "the images that a rollback needs" },
  google_secret_manager_secret: {
    argument: "deletion_protection",
    protects: [true],
    holds: "every version of a secret",
  },
  google_secret_manager_regional_secret: {
    argument: "deletion_protection",
    protects: [true],
    holds: "every version of a secret",
  },
  google_kms_crypto_key: { holds: "the only way to read what it encrypted" },
  google_kms_key_ring: { holds: "keys" },
  google_sql_database_instance: {
    argument: "deletion_protection",
    protects: [true],
    protectedByDefault: true,
    holds: "databases and their backups",
  },
  google_sql_database: { argument: "deletion_policy", protects: ["ABANDON"], holds: "a database" },
  google_bigquery_dataset: { holds: "tables" },
  google_bigquery_table: {
    argument: "deletion_protection",
    protects: [true],
    protectedByDefault: true,
    holds: "rows",
  },
  google_firestore_database: {
    argument: "delete_protection_state",
    protects: ["DELETE_PROTECTION_ENABLED"],
    holds: "documents",
  },
  google_spanner_database: {
    argument: "deletion_protection",
    protects: [true],
    protectedByDefault: true,
    holds: "a database",
  },
  google_bigtable_table: { argument: "deletion_protection", protects: ["PROTECTED"], holds: "rows" },
  google_alloydb_cluster: {
    argument: "deletion_protection",
    protects: [true],
    protectedByDefault: true,
    holds: "databases and their backups",
  },
  google_filestore_instance: { argument: "deletion_protection_enabled", protects: [true], holds: "files" },
  google_compute_disk: { holds: "a disk" },
  google_logging_project_bucket_config: { holds: "log entries" },
};

/** What a resource of this type holds that an apply cannot make again; `undefined` when nothing. */
export function describeHeldData(type: string): string | undefined {
  return dataHolders[type]?.holds;
}
