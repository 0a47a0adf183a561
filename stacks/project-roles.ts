/** What the running roles may do in the whole project: tell how they are. What they may read and write, the things grant. */
export const runtimeRoles = [
  "roles/logging.logWriter",
  "roles/monitoring.metricWriter",
  "roles/cloudtrace.agent",
] as const;

/**
 * What a deployment needs in the whole project. Nothing here changes the project's own policy, its APIs, its
 * accounts or its audit log: those are the bootstrap stack's, and an owner's.
 */
export const deployerRoles = [
  "roles/artifactregistry.admin",
  "roles/bigquery.dataOwner",
  "roles/cloudscheduler.admin",
  "roles/compute.loadBalancerAdmin",
  "roles/compute.networkAdmin",
  "roles/compute.securityAdmin",
  "roles/iap.admin",
  "roles/iap.settingsAdmin",
  "roles/logging.configWriter",
  "roles/monitoring.editor",
  "roles/pubsub.admin",
  "roles/redis.admin",
  "roles/run.admin",
  "roles/secretmanager.admin",
  "roles/storage.admin",
  "roles/storagetransfer.admin",
] as const;
