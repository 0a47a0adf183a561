import type { Environment } from "../environments/index.ts";

/** Where the bootstrap keeps the audit log, and where nobody who deploys comes. */
export function auditLogBucket({ project }: Environment): string {
  return `${project.id}-logs`;
}
