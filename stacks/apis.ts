/** The products that an environment uses. */
export const requiredApis = [
  "artifactregistry.googleapis.com",
  "bigquery.googleapis.com",
  "billingbudgets.googleapis.com",
  "cloudresourcemanager.googleapis.com",
  "cloudscheduler.googleapis.com",
  "cloudtrace.googleapis.com",
  "compute.googleapis.com",
  "iam.googleapis.com",
  "iamcredentials.googleapis.com",
  "iap.googleapis.com",
  "logging.googleapis.com",
  "monitoring.googleapis.com",
  "pubsub.googleapis.com",
  "redis.googleapis.com",
  "run.googleapis.com",
  "secretmanager.googleapis.com",
  "serviceusage.googleapis.com",
  "storage.googleapis.com",
  "storagetransfer.googleapis.com",
  "sts.googleapis.com",
] as const;

/** Those whose own accounts the environment's stack grants something. */
export const servicesWithAgents = [
  "iap.googleapis.com",
  "pubsub.googleapis.com",
  "storage.googleapis.com",
  "storagetransfer.googleapis.com",
] as const;
