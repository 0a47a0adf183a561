import type { ServiceAccountPrincipal } from "./principal.ts";

/**
 * Google's own accounts in a project, which act for its products. Most are born when their API is first used or
 * their identity is generated, and cannot be granted anything before.
 * https://cloud.google.com/iam/docs/service-agents
 */
const domains = {
  /** Identity-Aware Proxy, which invokes the services behind it. */
  iap: "gcp-sa-iap.iam.gserviceaccount.com",
  /** Pub/Sub, which makes tokens for pushes and writes dead letters and tables. */
  pubsub: "gcp-sa-pubsub.iam.gserviceaccount.com",
  /** Cloud Storage, which publishes a bucket's events. */
  storage: "gs-project-accounts.iam.gserviceaccount.com",
  /** Cloud CDN's private fill: reads a bucket for signed requests only. Born with the first signing key. */
  cdnFill: "cloud-cdn-fill.iam.gserviceaccount.com",
  /** The load balancer: reads a bucket for every request, signed or not. Never for private media. */
  loadBalancer: "https-lb.iam.gserviceaccount.com",
} as const;

export type ServiceAgent = keyof typeof domains;

export function serviceAgent(agent: ServiceAgent, projectNumber: string): ServiceAccountPrincipal {
  return agentPrincipal(`${agent}-agent`, `service-${projectNumber}@${domains[agent]}`);
}

/** Storage Transfer's account is named unlike the others. */
export function storageTransferAgent(projectNumber: string): ServiceAccountPrincipal {
  return agentPrincipal(
    "transfer-agent",
    `project-${projectNumber}@storage-transfer-service.iam.gserviceaccount.com`,
  );
}

function agentPrincipal(id: string, email: string): ServiceAccountPrincipal {
  return { id, email, member: `serviceAccount:${email}` };
}
