import { Aspects } from "cdktf";
import type { Construct } from "constructs";
import { AuditTrail } from "../constructs/audit-trail.ts";
import { Budget } from "../constructs/budget.ts";
import { DeployGate } from "../constructs/deploy-gate.ts";
import { GoogleApis } from "../constructs/google-apis.ts";
import { Labels } from "../constructs/labels.ts";
import { MailChannel } from "../constructs/notification-channel.ts";
import { PrivateBucket } from "../constructs/private-bucket.ts";
import { SelfContainedStack } from "../constructs/self-contained-stack.ts";
import { ServiceIdentities } from "../constructs/service-identities.ts";
import { WaitFor } from "../constructs/wait-for.ts";
import type { Environment } from "../environments/index.ts";
import { requiredApis, servicesWithAgents } from "./apis.ts";
import { endpointVariables } from "./endpoint-variables.ts";
import { addGoogleProvider } from "./google-provider.ts";
import { labelsOf } from "./labels.ts";
import { auditLogBucket } from "./audit-log-bucket.ts";
import { Accounts } from "./parts/accounts.ts";
import { refusalsOf } from "./refusals.ts";
import { exceptFromRules } from "./rule-exceptions.ts";
import { keepBootstrapState } from "./state.ts";

/** What an owner applies once, and what a deployer must not be able to change. */
export class BootstrapStack extends SelfContainedStack {
  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    const { project, regions, auditLog, budget, stateBucket, alerts, retire } = environment;
    keepBootstrapState(this, environment);
    addGoogleProvider(this, environment, { batching: "together", onQuotaOfProject: true });
    const gate = new DeployGate(this, "gate", { refusals: refusalsOf(environment), endpointVariables });

    const apis = new GoogleApis(this, "apis", { apis: requiredApis });
    Aspects.of(this).add(new WaitFor(apis.services, [apis, gate]));
    new ServiceIdentities(this, "agents", {
      projectId: project.id,
      services: servicesWithAgents,
    });
    new Accounts(this, "accounts", environment);
    new PrivateBucket(this, "state", {
      name: stateBucket,
      placement: { kind: "region", region: regions[0] },
      keepVersionsDays: 90,
      deletionProtection: !retire,
      emptyOnDestroy: retire,
    });
    new AuditTrail(this, "audit", {
      projectId: project.id,
      bucketName: auditLogBucket(environment),
      region: regions[0],
      ...auditLog,
      deletionProtection: !retire,
      emptyOnDestroy: retire && !auditLog.locked,
      services: {
        "iam.googleapis.com": ["ADMIN_READ", "DATA_READ", "DATA_WRITE"],
        "iap.googleapis.com": ["ADMIN_READ", "DATA_READ", "DATA_WRITE"],
        "secretmanager.googleapis.com": ["ADMIN_READ", "DATA_READ", "DATA_WRITE"],
        // Reading photos is what the service does all day: what changes them is enough.
        "storage.googleapis.com": ["ADMIN_READ", "DATA_WRITE"],
      },
    });
    new Budget(this, "budget", {
      name: `imgstream ${environment.name}`,
      projectNumber: project.number,
      ...budget,
      // Google tells at most five.
      channels: alerts.mail
        .slice(0, 5)
        .map((address) => new MailChannel(this, `mail-${address}`, { address }).name),
    });
    Aspects.of(this).add(new Labels(labelsOf(environment)));
    exceptFromRules(this, { isUnprotected: retire, isLeft: retire });
  }
}
