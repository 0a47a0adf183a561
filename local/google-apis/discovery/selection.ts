/**
 * The collections of Google's APIs that the stand-in knows: `<document>: { <collection>: [methods] }`, named as in the
 * Discovery documents. A method that is not listed here is answered with 404, as an address that Google does not know.
 */
const lifecycle = ["insert", "get", "list", "patch", "delete"] as const;
const standard = ["create", "get", "list", "patch", "delete"] as const;
const policy = ["getIamPolicy", "setIamPolicy", "testIamPermissions"] as const;
const operations = ["get", "list"] as const;

export const selection: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "artifactregistry.v1": {
    "projects.locations.repositories": [...standard, ...policy],
    "projects.locations.operations": ["get"],
  },
  "bigquery.v2": {
    datasets: [...lifecycle, "update"],
    tables: [...lifecycle, "update", ...policy],
  },
  "billingbudgets.v1": { "billingAccounts.budgets": standard },
  "cloudresourcemanager.v1": { projects: ["get", ...policy] },
  "cloudresourcemanager.v3": { projects: ["get", ...policy] },
  "cloudscheduler.v1": {
    "projects.locations.jobs": [...standard, "pause", "resume", "run"],
  },
  "compute.v1": {
    backendBuckets: [...lifecycle, "addSignedUrlKey", "deleteSignedUrlKey", "setEdgeSecurityPolicy"],
    backendServices: [...lifecycle, "update", "setSecurityPolicy", "setEdgeSecurityPolicy", ...policy],
    firewalls: lifecycle,
    globalAddresses: ["insert", "get", "list", "delete", "setLabels"],
    globalForwardingRules: [...lifecycle, "setLabels", "setTarget"],
    globalOperations: ["get", "list", "wait"],
    networks: lifecycle,
    regionNetworkEndpointGroups: ["insert", "get", "list", "delete"],
    regionOperations: ["get", "list", "wait"],
    regions: ["get"],
    routers: [...lifecycle, "update"],
    securityPolicies: [...lifecycle, "setLabels", "addRule", "getRule", "patchRule", "removeRule"],
    sslCertificates: ["insert", "get", "list", "delete"],
    sslPolicies: lifecycle,
    subnetworks: [...lifecycle, "expandIpCidrRange", "setPrivateIpGoogleAccess", ...policy],
    targetHttpProxies: ["insert", "get", "list", "delete", "setUrlMap"],
    targetHttpsProxies: [...lifecycle, "setSslCertificates", "setSslPolicy", "setUrlMap", "setQuicOverride"],
    urlMaps: [...lifecycle, "update", "validate", "invalidateCache"],
    projects: ["get"],
  },
  "iam.v1": {
    "projects.serviceAccounts": [...standard, "enable", "disable", ...policy],
    "projects.roles": [...standard, "undelete"],
    roles: ["get"],
    "projects.locations.workloadIdentityPools": [...standard, "undelete"],
    "projects.locations.workloadIdentityPools.operations": ["get"],
    "projects.locations.workloadIdentityPools.providers": [...standard, "undelete"],
    "projects.locations.workloadIdentityPools.providers.operations": ["get"],
  },
  "iamcredentials.v1": {
    "projects.serviceAccounts": ["generateAccessToken", "generateIdToken", "signBlob", "signJwt"],
  },
  "iap.v1": {
    v1: [...policy, "getIapSettings", "updateIapSettings"],
  },
  "logging.v2": {
    "projects.locations.buckets": [...standard, "createAsync", "updateAsync", "undelete"],
    "projects.locations.operations": ["get"],
    "projects.metrics": ["create", "get", "list", "update", "delete"],
    "projects.sinks": ["create", "get", "list", "update", "patch", "delete"],
  },
  "monitoring.v1": { "projects.dashboards": standard },
  "monitoring.v3": {
    "projects.alertPolicies": standard,
    "projects.groups": ["create", "get", "list", "update", "delete"],
    "projects.notificationChannels": standard,
    "projects.uptimeCheckConfigs": standard,
    services: standard,
    "services.serviceLevelObjectives": standard,
  },
  "pubsub.v1": {
    "projects.topics": [...standard, ...policy, "publish"],
    "projects.subscriptions": [...standard, ...policy, "acknowledge", "modifyAckDeadline", "pull"],
  },
  "redis.v1": {
    "projects.locations.instances": [...standard, "getAuthString"],
    "projects.locations.operations": operations,
  },
  "run.v2": {
    "projects.locations.jobs": [...standard, ...policy, "run"],
    "projects.locations.jobs.executions": ["get", "list", "delete"],
    "projects.locations.operations": ["get", "list", "wait"],
    "projects.locations.services": [...standard, ...policy],
    "projects.locations.services.revisions": ["get", "list", "delete"],
  },
  "secretmanager.v1": {
    "projects.secrets": [...standard, "addVersion", ...policy],
    "projects.secrets.versions": ["access", "destroy", "disable", "enable", "get", "list"],
  },
  "serviceusage.v1": {
    operations: ["get"],
    services: ["batchEnable", "batchGet", "disable", "enable", "get", "list"],
  },
  "serviceusage.v1beta1": { services: ["generateServiceIdentity"] },
  "storagetransfer.v1": {
    googleServiceAccounts: ["get"],
    transferJobs: standard,
  },
  "storage.v1": {
    anywhereCaches: ["list"],
    buckets: [...lifecycle, "update", "lockRetentionPolicy", ...policy],
    notifications: ["insert", "get", "list", "delete"],
    "projects.serviceAccount": ["get"],
  },
};
