import { defineEnvironment } from "./define-environment.ts";

/** Small, cheap, nothing kept for long, deployed by hand. */
export const dev = defineEnvironment({
  name: "dev",
  project: { id: "imgstream-dev", number: "100000000001" },
  regions: ["europe-west1"],
  domain: "photos.dev.example.com",
  access: ["group:photos@example.com"],
  administrators: ["admin@example.com"],
  programmaticClients: ["100000000001-example.apps.googleusercontent.com"],
  alerts: {
    mail: ["oncall@example.com"],
    runbooks: "https://github.com/example/imgstream/blob/main/docs/runbooks",
  },
  web: {
    cpu: 1,
    memory: "512Mi",
    minInstances: 0,
    maxInstances: 5,
    concurrency: 100,
    targetUtilizationPercent: 70,
    timeoutSeconds: 300,
  },
  worker: { cpu: 1, memory: "2Gi", minInstances: 0, maxInstances: 2 },
  maintenance: { cpu: 1, memory: "1Gi" },
  storage: {
    placement: { kind: "region" },
    keepVersionsDays: 7,
    softDeleteDays: 7,
    copyRecords: false,
  },
  redis: { tier: "none" },
  deletionProtection: false,
  auditLog: { retentionDays: 30, locked: false },
  publicShares: false,
  secretVersions: { identityKey: 1, mediaKey: 1 },
  budget: { billingAccount: "000000-000000-000000", amount: 100, currency: "EUR" },
  deployments: { kind: "by-hand" },
  stateBucket: "imgstream-dev-tfstate",
  bootstrapState: "local",
  retire: false,
});
