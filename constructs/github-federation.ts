import { IamWorkloadIdentityPoolProvider } from "@cdktf/provider-google/lib/iam-workload-identity-pool-provider/index.js";
import { IamWorkloadIdentityPool } from "@cdktf/provider-google/lib/iam-workload-identity-pool/index.js";
import { Construct } from "constructs";
import type { Principal } from "./principal.ts";

export interface GithubFederationProps {
  readonly projectNumber: string;
  /** `OWNER/NAME`. */
  readonly repository: string;
  /** The only workflow runs that pass: those of a branch, or those within a protected environment. */
  readonly only: { readonly branch: string } | { readonly environment: string };
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
    const { repository, only, poolId = "github" } = props;
    for (const text of [repository, ...Object.values(only)]) {
      if (!/^[A-Za-z0-9._/-]+$/.test(text)) {
        throw new Error(
          `A repository, branch or environment must be letters, digits, '.', '_', '/' and '-', got '${text}'`,
        );
      }
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
        "attribute.repository": "assertion.repository",
      },
      // Without a condition, every repository of GitHub would be let in.
      attributeCondition: `assertion.repository == '${repository}' && ${run}`,
      oidc: { issuerUri: "https://token.actions.githubusercontent.com" },
    });
    const path = `projects/${props.projectNumber}/locations/global/workloadIdentityPools`;
    this.runs = {
      id: "github",
      member: `principalSet://iam.googleapis.com/${path}/\${${pool.fqn}.workload_identity_pool_id}/attribute.repository/${repository}`,
    };
  }
}
