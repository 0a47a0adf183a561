import { expect, test } from "vitest";
import { defineEnvironment } from "../../environments/define-environment.ts";
import { environmentShape } from "../../environments/environment-shape.ts";
import type { Environment } from "../../environments/environment.ts";
import { everyFault } from "../../environments/every-fault.ts";
import { describeFault } from "../../environments/fault.ts";
import { findFaults } from "../../environments/find-faults.ts";
import { environments } from "../../environments/index.ts";

const { dev, production } = environments;

test("five faults are five lines, each with what to write instead", () => {
  const facts: Environment = {
    ...dev,
    project: { id: "Imgstream Dev", number: "12a" },
    domain: "https://photos.dev.example.com/",
    access: ["allUsers"],
    web: { ...dev.web, minInstances: 12 },
  };
  expect(() => defineEnvironment(facts)).toThrow(
    [
      "environments/dev.ts has 5 faults:",
      '  - project.id must be a project\'s id: 6 to 30 lower-case letters, digits and hyphens, a letter first, got "Imgstream Dev"',
      '  - project.number must be the project\'s number, digits only: `gcloud projects describe` prints it as projectNumber, got "12a"',
      '  - domain must be a bare host name such as photos.example.com, without scheme, port or slash, got "https://photos.dev.example.com/"',
      '  - access[0] must not be everyone: write group:NAME@DOMAIN, got "allUsers"',
      "  - web.minInstances must be at most maxInstances (5), got 12",
    ].join("\n"),
  );
});

test("every environment that ships is whole and frozen to its leaves", () => {
  for (const environment of Object.values(environments)) {
    expect(findFaults(environment)).toEqual([]);
    expect(Object.isFrozen(environment)).toBe(true);
    expect(Object.isFrozen(environment.storage.placement)).toBe(true);
    expect(Object.isFrozen(environment.alerts.mail)).toBe(true);
  }
});

test("what is missing, misspelt or in quotes is told with the rest, in the order of the file", () => {
  const { domain: _missing, retire: _neither, ...rest } = dev;
  const facts: unknown = {
    ...rest,
    project: { id: "Imgstream Dev", number: "100000000001" },
    regions: "europe-west1",
    web: { ...dev.web, minInstance: 0, maxInstances: "5" },
    storage: { ...dev.storage, placement: { kind: "zone" } },
    redis: { tier: "basic", memoryGiB: 1 },
    budget: 100,
    publicShare: true,
    deletionProtection: "false",
  };
  expect(findFaults(facts as Environment).map(describeFault)).toEqual([
    'project.id must be a project\'s id: 6 to 30 lower-case letters, digits and hyphens, a letter first, got "Imgstream Dev"',
    'regions must be a list in [ ], even of one, got "europe-west1"',
    "domain is missing: it must be a text in quotes",
    'web.maxInstances must be a number, not in quotes, got "5"',
    "web.minInstance is no fact: those of web are cpu, memory, minInstances, maxInstances, concurrency, targetUtilizationPercent, timeoutSeconds, got 0",
    'storage.placement.kind must be one of "region", "dual-region", got "zone"',
    "redis.passwordVersion is missing: it must be a number, not in quotes",
    'deletionProtection must be true or false, not in quotes, got "false"',
    "budget must be { billingAccount, amount, currency }, got 100",
    "retire is missing: it must be true or false, not in quotes",
    `publicShare is no fact: those are ${Object.keys(environmentShape.fields).join(", ")}, got true`,
  ]);
});

/** As importing a file does whose project has this id. */
async function define(id: string): Promise<Environment> {
  return Promise.resolve(defineEnvironment({ ...dev, project: { ...dev.project, id } }));
}

test("who edits several files is told the faults of all", async () => {
  await expect(everyFault([define("A"), define("imgstream-dev"), define("B")])).rejects.toThrow(
    /^environments\/dev\.ts has 1 fault:\n {2}- .* got "A"\nenvironments\/dev\.ts has 1 fault:\n {2}- .* got "B"$/,
  );
  await expect(everyFault([define("imgstream-dev")])).resolves.toBeUndefined();
});

const repository = { name: "acme/imgstream", id: "703921845", ownerId: "51840277" };

const oneFault: readonly (readonly [
  fact: string,
  instead: string,
  change: (facts: Environment) => Environment,
])[] = [
  ["regions", "at least one region", (facts) => ({ ...facts, regions: [] as unknown as [string] })],
  ["regions[0]", "not a zone", (facts) => ({ ...facts, regions: ["europe-west1-b"] })],
  ["regions[1]", "once", (facts) => ({ ...facts, regions: ["europe-west1", "europe-west1"] })],
  ["access", "nobody could", (facts) => ({ ...facts, access: [] })],
  ["access[0]", "group:", (facts) => ({ ...facts, access: ["photos@example.com"] })],
  ["administrators[0]", "e-mail", (facts) => ({ ...facts, administrators: ["admin"] })],
  ["programmaticClients[0]", "OAuth client", (facts) => ({ ...facts, programmaticClients: ["mine"] })],
  ["alerts.mail", "at least one", (facts) => ({ ...facts, alerts: { ...facts.alerts, mail: [] } })],
  ["alerts.mail[0]", "e-mail", (facts) => ({ ...facts, alerts: { ...facts.alerts, mail: ["oncall"] } })],
  [
    "alerts.pagerChannel",
    "channel",
    (facts) => ({ ...facts, alerts: { ...facts.alerts, pagerChannel: "key" } }),
  ],
  [
    "alerts.runbooks",
    "https address",
    (facts) => ({ ...facts, alerts: { ...facts.alerts, runbooks: "docs/runbooks" } }),
  ],
  ["web.cpu", "one of 1, 2, 4, 6, 8", (facts) => ({ ...facts, web: { ...facts.web, cpu: 3 } })],
  ["web.memory", "512Mi or 2Gi", (facts) => ({ ...facts, web: { ...facts.web, memory: "512M" } })],
  ["web.memory", "at least 512Mi", (facts) => ({ ...facts, web: { ...facts.web, memory: "511Mi" } })],
  [
    "worker.memory",
    "at least 768Mi",
    (facts) => ({ ...facts, worker: { ...facts.worker, cpu: 1, memory: "512Mi" } }),
  ],
  ["web.memory", "with 1 CPU", (facts) => ({ ...facts, web: { ...facts.web, cpu: 1, memory: "8Gi" } })],
  ["web.maxInstances", "1 to 1000", (facts) => ({ ...facts, web: { ...facts.web, maxInstances: 5000 } })],
  ["web.minInstances", "from 0", (facts) => ({ ...facts, web: { ...facts.web, minInstances: -1 } })],
  ["web.concurrency", "1 to 1000", (facts) => ({ ...facts, web: { ...facts.web, concurrency: 0 } })],
  [
    "web.targetUtilizationPercent",
    "10 to 95",
    (facts) => ({ ...facts, web: { ...facts.web, targetUtilizationPercent: 0.7 } }),
  ],
  [
    "web.timeoutSeconds",
    "live streams",
    (facts) => ({ ...facts, web: { ...facts.web, timeoutSeconds: 60 } }),
  ],
  [
    "worker.minInstances",
    "maxInstances",
    (facts) => ({ ...facts, worker: { ...facts.worker, minInstances: 99 } }),
  ],
  [
    "maintenance.memory",
    "unit",
    (facts) => ({ ...facts, maintenance: { ...facts.maintenance, memory: "1" } }),
  ],
  [
    "storage.placement.regions",
    "different",
    (facts) => ({
      ...facts,
      storage: {
        ...facts.storage,
        placement: { kind: "dual-region", continent: "EU", regions: ["europe-west1", "europe-west1"] },
      },
    }),
  ],
  [
    "storage.placement.regions[1]",
    "continent EU",
    (facts) => ({
      ...facts,
      storage: {
        ...facts.storage,
        placement: { kind: "dual-region", continent: "EU", regions: ["europe-west1", "us-east1"] },
      },
    }),
  ],
  [
    "storage.keepVersionsDays",
    "1 to 365",
    (facts) => ({ ...facts, storage: { ...facts.storage, keepVersionsDays: 0 } }),
  ],
  [
    "storage.softDeleteDays",
    "0 (off)",
    (facts) => ({ ...facts, storage: { ...facts.storage, softDeleteDays: 3 } }),
  ],
  [
    "limitsPerPerson.uploads.perSecond",
    "from 1 to 1000000",
    (facts) => ({ ...facts, limitsPerPerson: { uploads: { burst: 100, perSecond: 0 } } }),
  ],
  [
    "redis.memoryGiB",
    "1 to 300",
    (facts) => ({ ...facts, redis: { tier: "basic", memoryGiB: 0, passwordVersion: 1 } }),
  ],
  [
    "redis.passwordVersion",
    "from 1",
    (facts) => ({ ...facts, redis: { tier: "basic", memoryGiB: 1, passwordVersion: 0 } }),
  ],
  [
    "auditLog.retentionDays",
    "1 to 3650",
    (facts) => ({ ...facts, auditLog: { retentionDays: 0, locked: false } }),
  ],
  [
    "secretVersions.identityKey",
    "from 1",
    (facts) => ({ ...facts, secretVersions: { identityKey: 0, mediaKey: 1 } }),
  ],
  [
    "budget.billingAccount",
    "hexadecimal",
    (facts) => ({ ...facts, budget: { ...facts.budget, billingAccount: "mine" } }),
  ],
  ["budget.amount", "from 1", (facts) => ({ ...facts, budget: { ...facts.budget, amount: 0 } })],
  ["budget.currency", "EUR", (facts) => ({ ...facts, budget: { ...facts.budget, currency: "euro" } })],
  [
    "deployments.repository",
    '{ name: "OWNER/NAME", id: "…", ownerId: "…" }, for a name can be taken over: `gh api repos/OWNER/NAME --jq',
    (facts) => ({
      ...facts,
      deployments: {
        kind: "from-branch",
        repository: "acme/imgstream" as unknown as typeof repository,
        branch: "main",
      },
    }),
  ],
  [
    "deployments.repository.name",
    "OWNER/NAME",
    (facts) => ({
      ...facts,
      deployments: { kind: "from-branch", repository: { ...repository, name: "imgstream" }, branch: "main" },
    }),
  ],
  [
    "deployments.repository.id",
    "the first that `gh api repos/acme/imgstream --jq '.id, .owner.id'` prints",
    (facts) => ({
      ...facts,
      deployments: { kind: "from-branch", repository: { ...repository, id: "imgstream" }, branch: "main" },
    }),
  ],
  [
    "deployments.repository.ownerId",
    "the second that",
    (facts) => ({
      ...facts,
      deployments: { kind: "from-branch", repository: { ...repository, ownerId: "" }, branch: "main" },
    }),
  ],
  [
    "deployments.branch",
    "as GitHub spells it",
    (facts) => ({ ...facts, deployments: { kind: "from-branch", repository, branch: "x' || '1' == '1" } }),
  ],
  [
    "deployments.environment",
    "as GitHub spells it",
    (facts) => ({ ...facts, deployments: { kind: "after-approval", repository, environment: "" } }),
  ],
  ["stateBucket", "bucket's name", (facts) => ({ ...facts, stateBucket: "my.google.state" })],
  ["deletionProtection", "while retire", (facts) => ({ ...facts, retire: true, deletionProtection: true })],
];

test.each(oneFault)("%s is refused, saying %s", (fact, instead, change) => {
  const faults = findFaults(change(production));
  expect(faults.map((fault) => fault.fact)).toEqual([fact]);
  expect(faults[0]?.instead).toContain(instead);
});
