import { defineEnvironment } from "./define-environment.ts";

/** Like production in everything but size; deploys itself from main. */
export const staging = defineEnvironment({
  name: "staging",
  project: { id: "imgstream-staging", number: "100000000002" },
  regions: ["europe-west1"],
  domain: "photos.staging.example.com",
  access: ["group:photos@example.com"],
  administrators: ["admin@example.com"],
  programmaticClients: ["100000000002-example.apps.googleusercontent.com"],
  alerts: {
    mail: ["oncall@example.com"],
    runbooks: "https://github.com/example/imgstream/blob/main/docs/runbooks",
  },
  web: {
    cpu: 1,
    memory: "1Gi",
    minInstances: 1,
    maxInstances: 20,
    concurrency: 100,
    targetUtilizationPercent: 70,
    timeoutSeconds: 300,
  },
  worker: { cpu: 1, memory: "2Gi", minInstances: 0, maxInstances: 5 },
  maintenance: { cpu: 1, memory: "1Gi" },
  storage: {
    placement: { kind: "region" },
    keepVersionsDays: 14,
    softDeleteDays: 14,
    copyRecords: false,
  },
  redis: { tier: "basic", memoryGiB: 1, passwordVersion: 1 },
  deletionProtection: true,
  auditLog: { retentionDays: 90, locked: false },
  publicShares: false,
  secretVersions: { identityKey: 1, mediaKey: 1 },
  budget: { billingAccount: "000000-000000-000000", amount: 300, currency: "EUR" },
  deployments: {
    kind: "from-branch",
    repository: { name: "example/imgstream", id: "1000000001", ownerId: "1000000002" },
    branch: "main",
  },
  stateBucket: "imgstream-staging-tfstate",
  bootstrapState: "local",
  retire: false,
});
