import { IamWorkloadIdentityPoolProvider } from "@cdktf/provider-google/lib/iam-workload-identity-pool-provider/index.js";
import { IamWorkloadIdentityPool } from "@cdktf/provider-google/lib/iam-workload-identity-pool/index.js";
import { Construct } from "constructs";
import type { Principal } from "./principal.ts";

/**
 * A repository by its numbers: a name is free again once it was renamed or deleted, and whoever takes it would be
 * trusted. `gh api repos/OWNER/NAME --jq '.id, .owner.id'` prints both.
 */
export interface GithubRepository {
  /** `OWNER/NAME`, as GitHub spells it now: a number that was copied from another repository lets nobody in. */
  readonly name: string;
  /** Digits only. It stays when the repository is renamed or given to another owner. */
  readonly id: string;
  /** Digits only: of the organisation or person. A repository that was given away is no longer trusted. */
  readonly ownerId: string;
}

/**
 * What starts a run, as a token's claim `event_name` has it: only a person or program that may write to the repository
 * starts these. Whoever may open a pull request or an issue starts `pull_request_target`, `issue_comment` and, by the run
 * that it follows, `workflow_run`; the `ref` of all of these is the default branch, and GitHub gives them a token.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
 */
export type GithubEvent = "push" | "workflow_dispatch" | "schedule" | "release" | "repository_dispatch";

const ordinaryEvents: readonly GithubEvent[] = ["push", "workflow_dispatch", "schedule"];

export interface GithubFederationProps {
  readonly projectNumber: string;
  readonly repository: GithubRepository;
  /** The only workflow runs that pass: those of a branch, or those within a protected environment. */
  readonly only: { readonly branch: string } | { readonly environment: string };
  /**
   * What may have started the run, of either kind: an environment without reviewers stops nobody, and a reviewer does not
   * see whose code a run of `pull_request_target` goes on to check out. A workflow that is called by another has the
   * caller's event. At least one. @default push, workflow_dispatch and schedule
   */
  readonly events?: readonly GithubEvent[];
  /** The pool's id: after a deletion Google blocks it for 30 days. @default github */
  readonly poolId?: string;
}

/**
 * Lets workflow runs of one GitHub repository act as an account of the project, by the token that GitHub gives
 * each run: there is no key to keep.
 */
export class GithubFederation extends Construct {
  /** The runs that pass, to be granted an account: `account.grantFederation(federation.runs)`. */
  readonly runs: Principal;
  readonly provider: IamWorkloadIdentityPoolProvider;

  constructor(scope: Construct, id: string, props: GithubFederationProps) {
    super(scope, id);
    const { repository, only, events = ordinaryEvents, poolId = "github" } = props;
    for (const [field, number] of Object.entries({ id: repository.id, ownerId: repository.ownerId })) {
      if (!/^[1-9][0-9]*$/.test(number)) {
        throw new Error(
          `'repository.${field}' must be GitHub's number, digits only, got '${number}': \`gh api repos/${repository.name} --jq '.id, .owner.id'\` prints the repository's and its owner's`,
        );
      }
    }
    for (const text of [repository.name, ...Object.values(only), ...events]) {
      if (!/^[A-Za-z0-9._/-]+$/.test(text)) {
        throw new Error(
          `A repository, branch, environment or event must be letters, digits, '.', '_', '/' and '-', got '${text}'`,
        );
      }
    }
    if (events.length === 0) {
      throw new Error(
        "'events' must name at least one event, got none: leave it out for push, workflow_dispatch and schedule",
      );
    }
    const pool = new IamWorkloadIdentityPool(this, "pool", {
      workloadIdentityPoolId: poolId,
      displayName: "GitHub Actions",
    });
    const run =
      "branch" in only
        ? `assertion.ref == 'refs/heads/${only.branch}'`
        : `assertion.environment == '${only.environment}'`;
    this.provider = new IamWorkloadIdentityPoolProvider(this, "provider", {
      workloadIdentityPoolId: pool.workloadIdentityPoolId,
      workloadIdentityPoolProviderId: "github",
      displayName: "GitHub Actions",
      attributeMapping: {
        "google.subject": "assertion.sub",
        "attribute.repository_id": "assertion.repository_id",
      },
      // Without a condition, every repository of GitHub would be let in.
      attributeCondition: [
        `assertion.repository_id == '${repository.id}'`,
        `assertion.repository_owner_id == '${repository.ownerId}'`,
        `assertion.repository == '${repository.name}'`,
        run,
        `assertion.event_name in [${events.map((event) => `'${event}'`).join(", ")}]`,
      ].join(" && "),
      oidc: { issuerUri: "https://token.actions.githubusercontent.com" },
    });
    const path = `projects/${props.projectNumber}/locations/global/workloadIdentityPools`;
    this.runs = {
      id: "github",
      member: `principalSet://iam.googleapis.com/${path}/\${${pool.fqn}.workload_identity_pool_id}/attribute.repository_id/${repository.id}`,
    };
  }
}
