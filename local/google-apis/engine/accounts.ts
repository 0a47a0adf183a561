import type { State } from "./state.ts";

/**
 * Accounts that IAM knows besides those that somebody made: Google's service agents. Most are born with the API, some
 * only when they are asked for or with the first resource that needs them.
 */
export class Accounts {
  readonly #born = new Set<string>();
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  bear(email: string): void {
    this.#born.add(email);
  }

  /** Whether IAM takes the account as a member of a policy. */
  exists(email: string): boolean {
    if (this.#born.has(email)) return true;
    const project = email.match(/@([^.]+)\.iam\.gserviceaccount\.com$/)?.[1];
    if (project === undefined) return /@(developer|appspot)\.gserviceaccount\.com$/.test(email);
    return this.#state.get("iam", `projects/${project}/serviceAccounts/${email}`) !== undefined;
  }
}

/** The agents that enabling an API brings into being. https://cloud.google.com/iam/docs/service-agents */
const bornWithApi: Readonly<Record<string, readonly string[]>> = {
  "run.googleapis.com": ["serverless-robot-prod"],
  "compute.googleapis.com": ["compute-system", "https-lb"],
  "pubsub.googleapis.com": ["gcp-sa-pubsub"],
  "artifactregistry.googleapis.com": ["gcp-sa-artifactregistry"],
  "cloudscheduler.googleapis.com": ["gcp-sa-cloudscheduler"],
  "monitoring.googleapis.com": ["gcp-sa-monitoring-notification"],
  "redis.googleapis.com": ["cloud-redis"],
};

/** Those that `generateServiceIdentity` makes. */
const madeOnRequest: Readonly<Record<string, string>> = {
  "iap.googleapis.com": "gcp-sa-iap",
  "secretmanager.googleapis.com": "gcp-sa-secretmanager",
  "logging.googleapis.com": "gcp-sa-logging",
  "bigquery.googleapis.com": "bigquery-encryption",
};

function agent(name: string, projectNumber: string): string {
  return `service-${projectNumber}@${name}.iam.gserviceaccount.com`;
}

export function agentsOf(service: string, projectNumber: string): string[] {
  return (bornWithApi[service] ?? []).map((name) => agent(name, projectNumber));
}

/** The agent of a service once it is asked for; undefined where the service has none. */
export function identityOf(service: string, projectNumber: string): string | undefined {
  const name = madeOnRequest[service] ?? bornWithApi[service]?.[0];
  return name === undefined ? undefined : agent(name, projectNumber);
}
