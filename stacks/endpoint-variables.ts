const products = [
  "ARTIFACT_REGISTRY",
  "BIG_QUERY",
  "BILLING",
  "CLOUD_RUN_V2",
  "CLOUD_SCHEDULER",
  "COMPUTE",
  "IAM",
  "IAM_BETA",
  "IAP",
  "LOGGING",
  "MONITORING",
  "PUBSUB",
  "REDIS",
  "RESOURCE_MANAGER",
  "SECRET_MANAGER",
  "SERVICE_USAGE",
  "STORAGE",
  "STORAGE_TRANSFER",
];

/** The variables that redirect the provider, one for each product that the stacks use. */
export const endpointVariables: readonly string[] = products.map(
  (product) => `GOOGLE_${product}_CUSTOM_ENDPOINT`,
);
