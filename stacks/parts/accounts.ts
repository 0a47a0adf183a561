import { Construct } from "constructs";
import { CustomRole } from "../../constructs/custom-role.ts";
import { GithubFederation } from "../../constructs/github-federation.ts";
import { type GrantCondition, ServiceAccount } from "../../constructs/service-account.ts";
import type { Environment } from "../../environments/index.ts";
import { accounts } from "../accounts.ts";
import { auditLogBucket } from "../audit-log-bucket.ts";
import type { AccountId } from "../accounts.ts";
import { deployerRoles, runtimeRoles } from "../project-roles.ts";

/** Every account of an environment with what it may do in the whole project, and who may act as it. */
export class Accounts extends Construct {
  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    const { project, deployments } = environment;
    const make = (account: AccountId): ServiceAccount =>
      new ServiceAccount(this, account, {
        projectId: project.id,
        name: accounts[account].name,
        displayName: accounts[account].purpose,
      });
    const web = make("web");
    const worker = make("worker");
    const maintenance = make("maintenance");
    const events = make("events");
    const scheduler = make("scheduler");
    const deployer = make("deployer");

    for (const account of [web, worker, maintenance]) {
      for (const role of runtimeRoles) account.addProjectRole(role);
    }
    // Signed addresses of Cloud Storage, and the synthetic check's signed token, are signed as oneself.
    web.grantTokenCreation(web);
    maintenance.grantTokenCreation(maintenance);
    const invalidator = new CustomRole(this, "invalidator", {
      projectId: project.id,
      roleId: "imgstreamEdgeInvalidator",
      title: "Remove deleted photos from the edge's caches",
      // The second to wait until it is done.
      permissions: ["compute.urlMaps.invalidateCache", "compute.globalOperations.get"],
    });
    invalidator.grantOnProject(maintenance);

    for (const role of deployerRoles) {
      deployer.addProjectRole(role, role === "roles/storage.admin" ? butForAuditLog(environment) : undefined);
    }
    for (const account of [web, worker, maintenance, events, scheduler]) account.grantActAs(deployer);
    const pushGrants = new CustomRole(this, "push-grants", {
      projectId: project.id,
      roleId: "imgstreamPushGrants",
      title: "Let Pub/Sub make tokens of the account that it pushes as",
      permissions: [
        "iam.serviceAccounts.get",
        "iam.serviceAccounts.getIamPolicy",
        "iam.serviceAccounts.setIamPolicy",
      ],
    });
    events.grantRole(pushGrants.role.id, deployer, "grant-pushes");

    if (deployments.kind !== "by-hand") {
      const federation = new GithubFederation(this, "github", {
        projectNumber: project.number,
        repository: deployments.repository,
        only:
          deployments.kind === "from-branch"
            ? { branch: deployments.branch }
            : { environment: deployments.environment },
      });
      deployer.grantFederation(federation.runs);
    }
  }
}

/** Who may change every bucket could also empty the log that tells of it. */
function butForAuditLog(environment: Environment): GrantCondition {
  return {
    title: "Every bucket but the audit log's",
    expression: `!resource.name.startsWith("projects/_/buckets/${auditLogBucket(environment)}")`,
  };
}
