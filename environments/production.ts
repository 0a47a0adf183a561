import { defineEnvironment } from "./define-environment.ts";

/** What people rely on: two copies of everything, protected, deployed after an approval. */
export const production = defineEnvironment({
  name: "production",
  project: { id: "imgstream-production", number: "100000000003" },
  regions: ["europe-west1"],
  domain: "photos.example.com",
  access: ["group:photos@example.com"],
  administrators: ["admin@example.com"],
  programmaticClients: ["100000000003-example.apps.googleusercontent.com"],
  alerts: {
    mail: ["oncall@example.com"],
    pagerChannel: "projects/imgstream-production/notificationChannels/1000000000000000001",
    runbooks: "https://github.com/example/imgstream/blob/main/docs/runbooks",
  },
  web: {
    cpu: 2,
    memory: "2Gi",
    minInstances: 1,
    maxInstances: 100,
    concurrency: 100,
    targetUtilizationPercent: 70,
    timeoutSeconds: 300,
  },
  worker: { cpu: 2, memory: "2Gi", minInstances: 0, maxInstances: 20 },
  maintenance: { cpu: 1, memory: "2Gi" },
  storage: {
    placement: { kind: "dual-region", continent: "EU", regions: ["europe-west1", "europe-north1"] },
    keepVersionsDays: 30,
    softDeleteDays: 30,
    copyRecords: true,
  },
  redis: { tier: "standard", memoryGiB: 5, passwordVersion: 1 },
  deletionProtection: true,
  auditLog: { retentionDays: 400, locked: true },
  publicShares: false,
  secretVersions: { identityKey: 1, mediaKey: 1 },
  budget: { billingAccount: "000000-000000-000000", amount: 2000, currency: "EUR" },
  deployments: {
    kind: "after-approval",
    repository: { name: "example/imgstream", id: "1000000001", ownerId: "1000000002" },
    environment: "production",
  },
  stateBucket: "imgstream-production-tfstate",
  bootstrapState: "local",
  retire: false,
});
