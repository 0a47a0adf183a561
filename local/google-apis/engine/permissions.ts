/** Names that permissions use in place of the methods' own. */
const verbs: Readonly<Record<string, string>> = {
  insert: "create",
  patch: "update",
  wait: "get",
  batchEnable: "enable",
  batchGet: "get",
  addVersion: "add",
  setLabels: "update",
  addSignedUrlKey: "addSignedUrlKey",
  lockRetentionPolicy: "update",
  getAuthString: "getAuthString",
  addRule: "update",
  patchRule: "update",
  removeRule: "update",
  getRule: "get",
  setSecurityPolicy: "update",
  setEdgeSecurityPolicy: "update",
  setSslCertificates: "setSslCertificates",
  undelete: "undelete",
};

/** Permissions that do not follow from their method's id. */
const particular: Readonly<Record<string, string>> = {
  "bigquery.datasets.insert": "bigquery.datasets.create",
  "iamcredentials.projects.serviceAccounts.generateAccessToken": "iam.serviceAccounts.getAccessToken",
  "iamcredentials.projects.serviceAccounts.generateIdToken": "iam.serviceAccounts.getOpenIdToken",
  "iamcredentials.projects.serviceAccounts.signBlob": "iam.serviceAccounts.signBlob",
  "iamcredentials.projects.serviceAccounts.signJwt": "iam.serviceAccounts.signJwt",
  "iap.getIamPolicy": "iap.webServices.getIamPolicy",
  "iap.setIamPolicy": "iap.webServices.setIamPolicy",
  "iap.testIamPermissions": "iap.webServices.getIamPolicy",
  "iap.getIapSettings": "iap.webServices.getSettings",
  "iap.updateIapSettings": "iap.webServices.updateSettings",
  "pubsub.projects.subscriptions.acknowledge": "pubsub.subscriptions.consume",
  "pubsub.projects.subscriptions.modifyAckDeadline": "pubsub.subscriptions.consume",
  "pubsub.projects.subscriptions.pull": "pubsub.subscriptions.consume",
  "secretmanager.projects.secrets.addVersion": "secretmanager.versions.add",
  "storage.anywhereCaches.list": "storage.buckets.get",
  "storage.notifications.insert": "storage.buckets.update",
  "storage.notifications.get": "storage.buckets.get",
  "storage.notifications.list": "storage.buckets.get",
  "storage.notifications.delete": "storage.buckets.update",
  "storage.projects.serviceAccount.get": "resourcemanager.projects.get",
};

/** Collections whose permissions use another word. */
const nouns: Readonly<Record<string, string>> = {
  metrics: "logMetrics",
  serviceLevelObjectives: "slos",
  globalAddresses: "globalAddresses",
  globalForwardingRules: "forwardingRules",
  regionNetworkEndpointGroups: "regionNetworkEndpointGroups",
  providers: "workloadIdentityPoolProviders",
};

const services: Readonly<Record<string, string>> = {
  cloudresourcemanager: "resourcemanager",
  billingbudgets: "billing",
};

/** The permission that a method asks for: `compute.urlMaps.update`; undefined where anybody may call it. */
export function permissionFor(methodId: string): string | undefined {
  const known = particular[methodId];
  if (known !== undefined) return known;
  const parts = methodId.split(".");
  const [api = ""] = parts;
  const verb = parts.at(-1) ?? "";
  const noun = parts.at(-2) ?? "";
  if (
    verb === "testIamPermissions" ||
    noun === "operations" ||
    noun.endsWith("Operations") ||
    methodId === "iam.roles.get"
  ) {
    return undefined;
  }
  return `${services[api] ?? api}.${nouns[noun] ?? noun}.${verbs[verb] ?? verb}`;
}
