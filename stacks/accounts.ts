import { existingServiceAccount } from "../constructs/principal.ts";
import type { ServiceAccountPrincipal } from "../constructs/principal.ts";
import type { Environment } from "../environments/index.ts";

/**
 * The service accounts of an environment: the bootstrap stack makes them, the environment's stack names them by
 * their literal address.
 */
export const accounts = {
  web: { name: "imgstream-web", purpose: "Photo service: web" },
  worker: { name: "imgstream-worker", purpose: "Photo service: worker of pushed events" },
  maintenance: { name: "imgstream-maintenance", purpose: "Photo service: maintenance job" },
  events: { name: "imgstream-events", purpose: "Pub/Sub pushes to the worker" },
  scheduler: { name: "imgstream-scheduler", purpose: "Scheduler that starts the maintenance job" },
  deployer: { name: "imgstream-deployer", purpose: "Terraform, from a person or GitHub Actions" },
} as const;

export type AccountId = keyof typeof accounts;

export function accountOf(id: AccountId, { project }: Environment): ServiceAccountPrincipal {
  return existingServiceAccount(id, accounts[id].name, project.id);
}
