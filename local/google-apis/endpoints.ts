/** Where the provider and the apply-time programs find each API: variable, and path on the stand-in. */
const paths: Readonly<Record<string, string>> = {
  GOOGLE_ARTIFACT_REGISTRY_CUSTOM_ENDPOINT: "artifactregistry/v1/",
  GOOGLE_BIG_QUERY_CUSTOM_ENDPOINT: "bigquery/v2/",
  GOOGLE_BILLING_CUSTOM_ENDPOINT: "billingbudgets/v1/",
  GOOGLE_CLOUD_RESOURCE_MANAGER_CUSTOM_ENDPOINT: "cloudresourcemanager/v1/",
  GOOGLE_CLOUD_RUN_V2_CUSTOM_ENDPOINT: "run/v2/",
  GOOGLE_CLOUD_SCHEDULER_CUSTOM_ENDPOINT: "cloudscheduler/v1/",
  GOOGLE_COMPUTE_CUSTOM_ENDPOINT: "compute/v1/",
  GOOGLE_IAM_BETA_CUSTOM_ENDPOINT: "iam/v1/",
  GOOGLE_IAM_CREDENTIALS_CUSTOM_ENDPOINT: "iamcredentials/v1/",
  GOOGLE_IAM_CUSTOM_ENDPOINT: "iam/v1/",
  GOOGLE_IAP_CUSTOM_ENDPOINT: "iap/v1/",
  GOOGLE_LOGGING_CUSTOM_ENDPOINT: "logging/v2/",
  GOOGLE_MONITORING_CUSTOM_ENDPOINT: "monitoring/",
  GOOGLE_PUBSUB_CUSTOM_ENDPOINT: "pubsub/v1/",
  GOOGLE_REDIS_CUSTOM_ENDPOINT: "redis/v1/",
  GOOGLE_RESOURCE_MANAGER_CUSTOM_ENDPOINT: "cloudresourcemanager/v1/",
  GOOGLE_RESOURCE_MANAGER_V3_CUSTOM_ENDPOINT: "cloudresourcemanager/v3/",
  GOOGLE_SECRET_MANAGER_CUSTOM_ENDPOINT: "secretmanager/v1/",
  GOOGLE_SERVICE_USAGE_CUSTOM_ENDPOINT: "serviceusage/v1/",
  GOOGLE_STORAGE_CUSTOM_ENDPOINT: "storage/v1/",
  GOOGLE_STORAGE_TRANSFER_CUSTOM_ENDPOINT: "storagetransfer/v1/",
  GOOGLE_BACKEND_STORAGE_CUSTOM_ENDPOINT: "storage/v1/",
};

/**
 * The environment variables that turn Terraform's Google provider, its state backend and the apply-time programs to a
 * stand-in at `origin`, as whoever `accessToken` stands for. The configuration that is applied stays as it is.
 */
export function endpointVariables(origin: string, accessToken: string): Record<string, string> {
  const endpoints = Object.entries(paths).map(([variable, path]) => [variable, `${origin}/${path}`] as const);
  return { ...Object.fromEntries(endpoints), GOOGLE_OAUTH_ACCESS_TOKEN: accessToken };
}
