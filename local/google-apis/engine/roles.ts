/**
 * What roles hold, by the beginnings of permissions (`run.` is everything of Cloud Run). Google's own lists are longer
 * and finer; whether theirs suffice is one of the things that only Google can tell. A role that is not here does not
 * exist for the stand-in.
 */
const prefixes: Readonly<Record<string, readonly string[]>> = {
  "roles/owner": [""],
  "roles/editor": [""],
  "roles/viewer": [],
  "roles/artifactregistry.admin": ["artifactregistry."],
  "roles/artifactregistry.reader": ["artifactregistry.repositories.downloadArtifacts"],
  "roles/artifactregistry.writer": [
    "artifactregistry.repositories.downloadArtifacts",
    "artifactregistry.repositories.uploadArtifacts",
  ],
  "roles/artifactregistry.repoAdmin": ["artifactregistry.repositories."],
  "roles/bigquery.admin": ["bigquery."],
  "roles/bigquery.dataEditor": ["bigquery.tables.", "bigquery.datasets.get", "bigquery.datasets.create"],
  "roles/bigquery.dataOwner": ["bigquery.datasets.", "bigquery.tables."],
  "roles/bigquery.dataViewer": ["bigquery.tables.get", "bigquery.datasets.get"],
  "roles/bigquery.metadataViewer": ["bigquery.tables.get", "bigquery.datasets.get"],
  "roles/billing.admin": ["billing."],
  "roles/billing.costsManager": ["billing.budgets."],
  "roles/cloudscheduler.admin": ["cloudscheduler."],
  "roles/cloudtrace.agent": ["cloudtrace.traces.patch"],
  "roles/compute.admin": ["compute."],
  "roles/compute.loadBalancerAdmin": [
    "compute.addresses",
    "compute.backendBuckets",
    "compute.backendServices",
    "compute.forwardingRules",
    "compute.globalAddresses",
    "compute.globalForwardingRules",
    "compute.globalOperations",
    "compute.networkEndpointGroups",
    "compute.regionNetworkEndpointGroups",
    "compute.regionOperations",
    "compute.securityPolicies",
    "compute.sslCertificates",
    "compute.sslPolicies",
    "compute.targetHttp",
    "compute.urlMaps",
    "compute.projects.get",
  ],
  "roles/compute.networkAdmin": [
    "compute.networks",
    "compute.subnetworks",
    "compute.routers",
    "compute.globalAddresses",
    "compute.globalOperations",
    "compute.regionOperations",
    "compute.backendServices",
    "compute.globalForwardingRules",
    "compute.urlMaps",
    "compute.targetHttp",
    "compute.sslPolicies",
    "compute.networkEndpointGroups",
    "compute.regionNetworkEndpointGroups",
  ],
  "roles/compute.networkUser": ["compute.networks.use", "compute.subnetworks.use"],
  "roles/compute.securityAdmin": [
    "compute.securityPolicies",
    "compute.sslCertificates",
    "compute.sslPolicies",
    "compute.firewalls",
  ],
  "roles/compute.viewer": [],
  "roles/iam.roleAdmin": ["iam.roles."],
  "roles/iam.securityAdmin": [
    "resourcemanager.projects.",
    "iam.roles.get",
    "iam.serviceAccounts.getIamPolicy",
    "iam.serviceAccounts.setIamPolicy",
  ],
  "roles/iam.serviceAccountAdmin": ["iam.serviceAccounts."],
  "roles/iam.serviceAccountTokenCreator": [
    "iam.serviceAccounts.getAccessToken",
    "iam.serviceAccounts.getOpenIdToken",
    "iam.serviceAccounts.signBlob",
    "iam.serviceAccounts.signJwt",
  ],
  "roles/iam.serviceAccountOpenIdTokenCreator": ["iam.serviceAccounts.getOpenIdToken"],
  "roles/iam.serviceAccountUser": ["iam.serviceAccounts.actAs", "iam.serviceAccounts.get"],
  "roles/iam.serviceAccountViewer": ["iam.serviceAccounts.get"],
  "roles/iam.workloadIdentityPoolAdmin": [
    "iam.workloadIdentityPools",
    "iam.googleapis.com/workloadIdentityPools",
  ],
  "roles/iam.workloadIdentityUser": [
    "iam.serviceAccounts.getAccessToken",
    "iam.serviceAccounts.getOpenIdToken",
  ],
  "roles/iap.admin": ["iap."],
  "roles/iap.settingsAdmin": ["iap.webServices.getSettings", "iap.webServices.updateSettings"],
  "roles/iap.httpsResourceAccessor": ["iap.webServiceVersions.accessViaIAP"],
  "roles/logging.admin": ["logging."],
  "roles/logging.bucketWriter": ["logging.buckets.write"],
  "roles/logging.configWriter": [
    "logging.buckets.",
    "logging.sinks.",
    "logging.logMetrics.",
    "logging.locations.",
  ],
  "roles/logging.logWriter": ["logging.logEntries.create"],
  "roles/logging.viewer": ["logging.logEntries.list"],
  "roles/monitoring.admin": ["monitoring."],
  "roles/monitoring.editor": ["monitoring."],
  "roles/monitoring.metricWriter": ["monitoring.timeSeries.create", "monitoring.metricDescriptors."],
  "roles/monitoring.viewer": [],
  "roles/monitoring.alertPolicyEditor": ["monitoring.alertPolicies."],
  "roles/monitoring.dashboardEditor": ["monitoring.dashboards."],
  "roles/monitoring.notificationChannelEditor": ["monitoring.notificationChannels."],
  "roles/monitoring.servicesEditor": ["monitoring.services.", "monitoring.slos."],
  "roles/monitoring.uptimeCheckConfigEditor": ["monitoring.uptimeCheckConfigs."],
  "roles/pubsub.admin": ["pubsub."],
  "roles/pubsub.editor": ["pubsub."],
  "roles/pubsub.publisher": ["pubsub.topics.publish"],
  "roles/pubsub.subscriber": ["pubsub.subscriptions.consume"],
  "roles/redis.admin": ["redis."],
  "roles/redis.editor": ["redis."],
  "roles/redis.viewer": [],
  "roles/resourcemanager.projectIamAdmin": ["resourcemanager.projects."],
  "roles/run.admin": ["run."],
  "roles/run.developer": [
    "run.services.create",
    "run.services.update",
    "run.services.delete",
    "run.jobs.",
    "run.operations.",
    "run.revisions.",
  ],
  "roles/run.invoker": ["run.routes.invoke", "run.jobs.run"],
  "roles/run.jobsExecutorWithOverrides": ["run.jobs.run"],
  "roles/run.viewer": [],
  "roles/secretmanager.admin": ["secretmanager."],
  "roles/secretmanager.secretAccessor": ["secretmanager.versions.access"],
  "roles/secretmanager.secretVersionAdder": ["secretmanager.versions.add"],
  "roles/secretmanager.secretVersionManager": [
    "secretmanager.versions.add",
    "secretmanager.versions.destroy",
    "secretmanager.versions.disable",
    "secretmanager.versions.enable",
  ],
  "roles/secretmanager.viewer": [],
  "roles/serviceusage.serviceUsageAdmin": ["serviceusage."],
  "roles/serviceusage.serviceUsageConsumer": ["serviceusage.services.use", "serviceusage.services.get"],
  "roles/storage.admin": ["storage."],
  "roles/storage.bucketViewer": ["storage.buckets.get"],
  "roles/storage.folderAdmin": ["storage.folders."],
  "roles/storage.legacyBucketOwner": ["storage.buckets.", "storage.objects.list", "storage.objects.create"],
  "roles/storage.legacyBucketReader": ["storage.buckets.get", "storage.objects.list"],
  "roles/storage.legacyBucketWriter": [
    "storage.buckets.get",
    "storage.objects.list",
    "storage.objects.create",
    "storage.objects.delete",
  ],
  "roles/storage.legacyObjectReader": ["storage.objects.get"],
  "roles/storage.legacyObjectOwner": ["storage.objects.get", "storage.objects.update"],
  "roles/storage.objectAdmin": ["storage.objects."],
  "roles/storage.objectCreator": ["storage.objects.create"],
  "roles/storage.objectUser": ["storage.objects.", "storage.multipartUploads."],
  "roles/storage.objectViewer": ["storage.objects.get", "storage.objects.list"],
  "roles/storagetransfer.admin": ["storagetransfer."],
  "roles/vpcaccess.admin": ["vpcaccess."],
};

/** The service that a role is about: its viewers read whatever of it can be read. */
function serviceOf(role: string): string {
  return role === "roles/viewer" || role === "roles/editor"
    ? ""
    : `${role.replace(/^roles\//, "").split(".")[0]}.`;
}

export function isPredefinedRole(role: string): boolean {
  return role in prefixes || /^roles\/[a-z]+\.serviceAgent$/.test(role);
}

/** Whether a predefined role holds a permission. Editors change no policies; admins and editors of a service read it. */
export function roleHolds(role: string, permission: string): boolean {
  const held = prefixes[role];
  if (held === undefined) return false;
  if (role === "roles/editor" && /(setIamPolicy|\.roles\.|workloadIdentityPools)/.test(permission))
    return false;
  if (held.some((prefix) => permission.startsWith(prefix))) return true;
  const isRead = /\.(get|list)$/.test(permission);
  return (
    isRead && /(viewer|[aA]dmin|[eE]ditor|[wW]riter)$/.test(role) && permission.startsWith(serviceOf(role))
  );
}
