import { environmentNames, type Environment, type ServiceSize } from "./environment.ts";
import { numbersCommand } from "./github-numbers.ts";
import type { ShapeOf } from "./shape.ts";

const containerSize = { cpu: "number", memory: "text" } as const;

const serviceSize: ShapeOf<ServiceSize>["fields"] = {
  ...containerSize,
  minInstances: "number",
  maxInstances: "number",
};

const rate = { optional: { fields: { burst: "number", perSecond: "number" } } } as const;

const repository = {
  fields: { name: "text", id: "text", ownerId: "text" },
  instead:
    '{ name: "OWNER/NAME", id: "…", ownerId: "…" }, for a name can be taken over: ' +
    `${numbersCommand("OWNER/NAME")} prints both numbers`,
} as const;

/** In the order of the files. */
export const environmentShape: ShapeOf<Environment> = {
  fields: {
    name: environmentNames,
    project: { fields: { id: "text", number: "text" } },
    regions: { list: "text" },
    domain: "text",
    access: { list: "text" },
    administrators: { list: "text" },
    programmaticClients: { list: "text" },
    alerts: { fields: { mail: { list: "text" }, pagerChannel: { optional: "text" }, runbooks: "text" } },
    web: {
      fields: {
        ...serviceSize,
        concurrency: "number",
        targetUtilizationPercent: "number",
        timeoutSeconds: "number",
      },
    },
    limitsPerPerson: {
      optional: { fields: { reads: rate, searches: rate, writes: rate, uploads: rate, bytes: rate } },
    },
    worker: { fields: serviceSize },
    maintenance: { fields: containerSize },
    storage: {
      fields: {
        placement: {
          by: "kind",
          variants: [
            { fields: { kind: ["region"] } },
            { fields: { kind: ["dual-region"], continent: ["ASIA", "EU", "US"], regions: { list: "text" } } },
          ],
        },
        keepVersionsDays: "number",
        softDeleteDays: "number",
        copyRecords: "true or false",
      },
    },
    redis: {
      by: "tier",
      variants: [
        { fields: { tier: ["none"] } },
        { fields: { tier: ["basic", "standard"], memoryGiB: "number", passwordVersion: "number" } },
      ],
    },
    deletionProtection: "true or false",
    auditLog: { fields: { retentionDays: "number", locked: "true or false" } },
    publicShares: "true or false",
    secretVersions: { fields: { identityKey: "number", mediaKey: "number" } },
    budget: { fields: { billingAccount: "text", amount: "number", currency: "text" } },
    deployments: {
      by: "kind",
      variants: [
        { fields: { kind: ["by-hand"] } },
        { fields: { kind: ["from-branch"], repository, branch: "text" } },
        { fields: { kind: ["after-approval"], repository, environment: "text" } },
      ],
    },
    stateBucket: "text",
    bootstrapState: ["local", "bucket"],
    retire: "true or false",
  },
};
