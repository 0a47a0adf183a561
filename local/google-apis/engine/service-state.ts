import { ApiError } from "./api-error.ts";
import type { Call } from "./kind.ts";
import { nameOf } from "./resource-name.ts";
import type { World } from "./world.ts";

/**
 * On in every new project (https://cloud.google.com/service-usage/docs/enabled-service), and Resource Manager, whose
 * calls count on the caller's own project.
 */
const onFromTheStart = new Set([
  "bigquery.googleapis.com",
  "cloudresourcemanager.googleapis.com",
  "logging.googleapis.com",
  "monitoring.googleapis.com",
  "serviceusage.googleapis.com",
  "storage-api.googleapis.com",
  "storage.googleapis.com",
]);

export function isServiceEnabled(world: World, projectId: string, service: string): boolean {
  const state = world.state.get("serviceusage", `projects/${projectId}/services/${service}`)?.body["state"];
  return state === undefined ? onFromTheStart.has(service) : state === "ENABLED";
}

/** Refuses a call to an API that its project has not enabled. */
export function checkServiceEnabled(call: Call): void {
  const name = nameOf(call);
  const project = call.world.projects.of(name);
  const service = `${call.shape.api}.googleapis.com`;
  if (project === undefined || isServiceEnabled(call.world, project.projectId, service)) return;
  const message = `${service} has not been used in project ${project.projectId} before or it is disabled. Enable it, then retry.`;
  const metadata = { service, consumer: `projects/${project.projectNumber}` };
  throw new ApiError("PERMISSION_DENIED", message, {
    reason: "accessNotConfigured",
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "SERVICE_DISABLED",
        domain: "googleapis.com",
        metadata,
      },
    ],
  });
}
