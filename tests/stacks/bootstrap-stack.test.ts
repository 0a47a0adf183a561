import { describe, expect, test } from "vitest";
import { environments } from "../../environments/index.ts";
import { BootstrapStack } from "../../stacks/bootstrap-stack.ts";
import { synthesise } from "./plan-json.ts";

/** By hand: who deploys, how long the audit log is kept, what a month may cost. */
const table = {
  dev: { runs: undefined, retentionDays: 30, locked: false, units: "100" },
  staging: { runs: "assertion.ref == 'refs/heads/main'", retentionDays: 90, locked: false, units: "300" },
  production: {
    runs: "assertion.environment == 'production'",
    retentionDays: 400,
    locked: true,
    units: "2000",
  },
} as const;

describe.each(Object.values(environments))("bootstrap-$name", (environment) => {
  const row = table[environment.name];
  const { id, number } = environment.project;
  const stack = synthesise((app) => new BootstrapStack(app, `bootstrap-${environment.name}`, environment));
  const holders = (role: string): string[] =>
    stack
      .ofType("google_project_iam_member")
      .filter(({ fields }) => fields["role"] === role)
      .map(({ fields }) => String(fields["member"]).replace(/.*imgstream-(.*)@.*/, "$1"));

  test("keeps its state in a file of the checkout until the bucket is there", () => {
    const { terraform } = JSON.parse(stack.json) as { terraform: { backend: unknown } };
    const path = `../../../terraform.bootstrap-${environment.name}.tfstate`;
    expect(terraform.backend).toEqual({ local: { path } });
    const moved = synthesise(
      (app) =>
        new BootstrapStack(app, `bootstrap-${environment.name}`, {
          ...environment,
          bootstrapState: "bucket",
        }),
    );
    expect(JSON.parse(moved.json)).toMatchObject({
      terraform: { backend: { gcs: { bucket: `${id}-tfstate`, prefix: `bootstrap-${environment.name}` } } },
    });
  });

  test("names the project whose quota it uses: the API of budgets refuses a person's own login otherwise", () => {
    const { provider } = JSON.parse(stack.json) as { provider: { google: unknown[] } };
    expect(provider.google).toMatchObject([{ billing_project: id, user_project_override: true }]);
  });

  test("turns on the APIs, for good, and has Google make its own accounts", () => {
    const apis = stack.ofType("google_project_service");
    expect(apis).toHaveLength(20);
    expect(apis.every(({ fields }) => fields["disable_on_destroy"] === false)).toBe(true);
    const provisioners = stack.at("agents").fields["provisioner"] as {
      "local-exec": { environment: { SERVICES: string } };
    }[];
    expect(provisioners[0]?.["local-exec"].environment.SERVICES).toBe(
      "iap.googleapis.com,pubsub.googleapis.com,storage.googleapis.com,storagetransfer.googleapis.com",
    );
  });

  test("makes the six accounts, none with a key", () => {
    const names = stack.ofType("google_service_account").map(({ fields }) => String(fields["account_id"]));
    expect(names.toSorted()).toEqual([
      "imgstream-deployer",
      "imgstream-events",
      "imgstream-maintenance",
      "imgstream-scheduler",
      "imgstream-web",
      "imgstream-worker",
    ]);
    expect(stack.ofType("google_service_account_key")).toEqual([]);
  });

  test("what runs may only tell how it is, and maintenance tell the edge to forget", () => {
    for (const role of [
      "roles/logging.logWriter",
      "roles/monitoring.metricWriter",
      "roles/cloudtrace.agent",
    ]) {
      expect(holders(role).toSorted()).toEqual(["maintenance", "web", "worker"]);
    }
    const held = stack
      .ofType("google_project_iam_member")
      .filter(({ fields }) => /imgstream-(web|worker|maintenance)@/.test(String(fields["member"])));
    expect(held).toHaveLength(9 + 1);
    expect(stack.at("accounts/invalidator/role").fields["permissions"]).toEqual([
      "compute.urlMaps.invalidateCache",
      "compute.globalOperations.get",
    ]);
    expect(stack.at("accounts/invalidator/grant-maintenance").fields["member"]).toMatch(
      /^serviceAccount:imgstream-maintenance@/,
    );
  });

  test("the deployer changes nothing of what is here", () => {
    const roles = stack
      .ofType("google_project_iam_member")
      .filter(({ fields }) => String(fields["member"]).includes("imgstream-deployer@"))
      .map(({ fields }) => String(fields["role"]));
    expect(roles).toHaveLength(16);
    const strong =
      /roles\/(owner|editor)|resourcemanager|projectIam|serviceAccount(Admin|Key|TokenCreator)|serviceUsage|billing|logging\.admin|workloadIdentity|securityAdmin|roleAdmin/i;
    // The compute security admin sets firewalls; roles/iam.securityAdmin would set the project's policy.
    expect(roles.filter((role) => strong.test(role))).toEqual(["roles/compute.securityAdmin"]);
  });

  test("the deployer manages every bucket but the audit log's", () => {
    const [grant, ...others] = stack
      .ofType("google_project_iam_member")
      .filter(({ fields }) => fields["role"] === "roles/storage.admin");
    expect(others).toEqual([]);
    expect(grant?.fields["condition"]).toEqual({
      title: "Every bucket but the audit log's",
      expression: `!resource.name.startsWith("projects/_/buckets/${id}-logs")`,
    });
  });

  test("only the workflow runs of the facts are the deployer", () => {
    const conditions = stack
      .ofType("google_iam_workload_identity_pool_provider")
      .map(({ fields }) => fields["attribute_condition"]);
    expect(conditions).toEqual(
      row.runs === undefined
        ? []
        : [
            `assertion.repository_id == '1000000001' && assertion.repository_owner_id == '1000000002' && assertion.repository == 'example/imgstream' && ${row.runs} && assertion.event_name in ['push', 'workflow_dispatch', 'schedule']`,
          ],
    );
    const federated = stack
      .ofType("google_service_account_iam_member")
      .filter(({ fields }) => fields["role"] === "roles/iam.workloadIdentityUser")
      .map(({ fields }) =>
        String(fields["member"]).replace(/\/workloadIdentityPools\/.*\/attribute/, "/…/attribute"),
      );
    const pool = `principalSet://iam.googleapis.com/projects/${number}/locations/global`;
    expect(federated).toEqual(row.runs === undefined ? [] : [`${pool}/…/attribute.repository_id/1000000001`]);
  });

  test("keeps the audit log as long as the table says, and who may read it is nobody new", () => {
    expect(stack.at("audit/logs/bucket").fields).toMatchObject({
      name: `${id}-logs`,
      retention_policy: { retention_period: row.retentionDays * 86_400, is_locked: row.locked },
      lifecycle: { prevent_destroy: true },
      public_access_prevention: "enforced",
    });
    expect(stack.ofType("google_storage_bucket_iam_member").map(({ fields }) => fields["role"])).toEqual([
      "roles/storage.objectCreator",
    ]);
    const audited = stack
      .ofType("google_project_iam_audit_config")
      .map(({ fields }) => String(fields["service"]));
    expect(audited.toSorted()).toEqual([
      "iam.googleapis.com",
      "iap.googleapis.com",
      "secretmanager.googleapis.com",
      "storage.googleapis.com",
    ]);
  });

  test("keeps the versions of the state, and tells of cost by the project's number", () => {
    expect(stack.at("state/bucket").fields).toMatchObject({
      name: `${id}-tfstate`,
      versioning: { enabled: true },
      lifecycle: { prevent_destroy: true },
    });
    expect(stack.at("budget").fields).toMatchObject({
      amount: { specified_amount: { units: row.units, currency_code: "EUR" } },
      budget_filter: { projects: [`projects/${number}`] },
    });
  });
});
