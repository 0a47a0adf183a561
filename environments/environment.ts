/**
 * The facts of one environment: everything that a plan must know, so that nothing asks the network for it.
 * `dev.ts`, `staging.ts` and `production.ts` hold one literal each; `define-environment.ts` checks and freezes it.
 */
export interface Environment {
  /** The stack's name as well: `npx cdktf deploy production`. */
  readonly name: EnvironmentName;
  /** One Google Cloud project per environment. The number is in the console beside the id. */
  readonly project: { readonly id: string; readonly number: string };
  /** Cloud Run stands in each; the worker, the events and single-region buckets are in the first. */
  readonly regions: readonly [string, ...string[]];
  /** The host that people see, without scheme. */
  readonly domain: string;
  /** Who may sign in: `user:`, `group:`, `domain:` or `serviceAccount:` members of the same organisation. */
  readonly access: readonly string[];
  /** E-mail addresses of those who change quotas, flags and settings. */
  readonly administrators: readonly string[];
  /** Desktop OAuth clients whose tokens Identity-Aware Proxy accepts from people's command line. May be empty. */
  readonly programmaticClients: readonly string[];
  readonly alerts: {
    readonly mail: readonly string[];
    /**
     * A notification channel made by hand, as `projects/PROJECT/notificationChannels/NUMBER`: a pager's key is
     * a secret, so the channel is named here and never made by a plan.
     */
    readonly pagerChannel?: string;
    /** Where docs/runbooks of this repository can be read in a browser, without a slash at the end. */
    readonly runbooks: string;
  };
  readonly web: ServiceSize & RequestLimits;
  /**
   * How many requests of a kind one person may send at once, and a second for as long as they like.
   * @default the app's own, which docs/operations/limits.md names
   */
  readonly limitsPerPerson?: Partial<Record<RequestKindFact, RateFact>>;
  readonly worker: ServiceSize;
  readonly maintenance: ContainerSize;
  readonly storage: StorageFacts;
  readonly redis: RedisFacts;
  /** Refuses the destruction of what serves or holds data. */
  readonly deletionProtection: boolean;
  readonly auditLog: {
    readonly retentionDays: number;
    /** A locked retention can never be shortened or removed, and its bucket not deleted before the last day. */
    readonly locked: boolean;
  };
  /** Whether people may publish stripped copies of photos by an unguessable address. */
  readonly publicShares: boolean;
  /** The version in use of each secret. Raising a number rotates it at the next deploy. */
  readonly secretVersions: { readonly identityKey: number; readonly mediaKey: number };
  readonly budget: {
    /** As `0X0X0X-0X0X0X-0X0X0X`. */
    readonly billingAccount: string;
    /** Per month, in whole units of the currency, which must be the billing account's own. */
    readonly amount: number;
    readonly currency: string;
  };
  readonly deployments: DeploymentFacts;
  /** Where Terraform's state lies: a bucket that the bootstrap stack makes. */
  readonly stateBucket: string;
  /**
   * Where the bootstrap stack's own state lies: `local` for the first apply, which makes the bucket; then
   * `bucket`, with `npx cdktf deploy bootstrap-… --migrate-state`.
   */
  readonly bootstrapState: "local" | "bucket";
  /** Leaving on purpose: takes every protection away, so that the apply after it may be a destroy. */
  readonly retire: boolean;
}

export const environmentNames = ["dev", "staging", "production"] as const;

export type EnvironmentName = (typeof environmentNames)[number];

export interface ContainerSize {
  /** Whole virtual CPUs. */
  readonly cpu: number;
  /** With its unit: `512Mi`, `2Gi`. At least 512 MiB for web, 768 MiB for worker and maintenance. */
  readonly memory: string;
}

export interface ServiceSize extends ContainerSize {
  /** Per region. */
  readonly minInstances: number;
  /** Per region. */
  readonly maxInstances: number;
}

export interface RequestLimits {
  /** Requests that one instance serves at once. */
  readonly concurrency: number;
  /**
   * Share of the concurrency, in percent, at which another instance starts. Cloud Run's API has it as
   * `scaling.concurrencyUtilization` (60 unless told); the Google provider 6.50 has no field for it, so it is
   * a fact kept here that nothing can set yet.
   */
  readonly targetUtilizationPercent: number;
  readonly timeoutSeconds: number;
}

/** As the app counts requests: app/runtime-contract.ts says what each is. */
export type RequestKindFact = "reads" | "searches" | "writes" | "uploads" | "bytes";

export interface RateFact {
  readonly burst: number;
  readonly perSecond: number;
}

export interface StorageFacts {
  /** Of media and records. Two regions of one continent hold every object twice. */
  readonly placement:
    | { readonly kind: "region" }
    | {
        readonly kind: "dual-region";
        readonly continent: "ASIA" | "EU" | "US";
        readonly regions: readonly [string, string];
      };
  /** How long a replaced or deleted version of an object is kept. */
  readonly keepVersionsDays: number;
  /** How long a bucket's deleted objects can be restored by Google's soft delete; 0 turns it off. */
  readonly softDeleteDays: number;
  /** A daily copy of the records in a bucket of its own, in the last region of the placement. */
  readonly copyRecords: boolean;
}

export type RedisFacts =
  | { readonly tier: "none" }
  | {
      readonly tier: "basic" | "standard";
      readonly memoryGiB: number;
      /** Of the secret that holds its password; raised by one where the instance was made anew. */
      readonly passwordVersion: number;
    };

export type DeploymentFacts =
  /** Nobody but a person with the deployer's role. */
  | { readonly kind: "by-hand" }
  /** GitHub Actions, from this branch of this repository: on a push, a dispatch by hand or a schedule. */
  | { readonly kind: "from-branch"; readonly repository: RepositoryFact; readonly branch: string }
  /** The same, within this protected environment of this repository, which asks for an approval. */
  | { readonly kind: "after-approval"; readonly repository: RepositoryFact; readonly environment: string };

/**
 * A repository of GitHub by its numbers, for whoever takes over a name would be trusted otherwise.
 * `gh api repos/OWNER/NAME --jq '.id, .owner.id'` prints both.
 */
export interface RepositoryFact {
  /** `OWNER/NAME` as GitHub spells it. All three must be true of a run: after a renaming, write the new name. */
  readonly name: string;
  readonly id: string;
  /** The number of the organisation or person whose it is. */
  readonly ownerId: string;
}
